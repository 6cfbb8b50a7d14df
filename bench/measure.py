"""Runs one program and prints what it took, its children included: wall and CPU seconds, peak megabytes."""
import json, resource, subprocess, sys, time

start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
wall = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode != 0:
    sys.exit(f"{sys.argv[1]} ended with {done.returncode}: {done.stderr[-2000:]}")
figures = {"wall_s": wall, "cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}
print(json.dumps(figures))
