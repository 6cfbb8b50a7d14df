/**
 * The claim of a working directory: the first lines of a job's command.
 *
 * SubmitJob has no idempotency token, so Batch may accept one job twice, and Batch repeats an attempt after the loss of a
 * host. Only one job may write in the directory, and each attempt begins with the inputs as they were staged.
 */

/** Exit codes of the claim. Batch does not retry them. */
export const CLAIM_EXITS = {
  /** Another job has claimed the directory. */
  claimed: 221,
  /** The directory is gone, or belongs to another execution. */
  notOurs: 222,
  /** An earlier attempt has changed or removed inputs. */
  inputsChanged: 223,
  /** The claim itself failed, for example because the file system refused a write. */
  failed: 224,
} as const;

/** Variable with the ARN of the execution that owns the directory. */
export const EXECUTION_VARIABLE = '_EXECUTION';

/**
 * Variable with the ids of ended jobs, with spaces between them, for a job after the first one of an execution. The job
 * takes the claim over from one of these jobs, and from no other.
 */
export const PREVIOUS_JOBS_VARIABLE = '_PREVIOUS_JOBS';

/** Folder below the working directory with the files of earlier attempts: `.demand.aside/1` and so on. */
const ASIDE_FOLDER = '.demand.aside';

/** Files of the claim in the working directory, as a pattern of the shell. */
const OWN_FILES = `./.demand.claim.* | ./.demand.start | ./.demand.start.partial | ./${ASIDE_FOLDER}`;
/** Files that one `stat` looks at. Their paths fit into the arguments of a process. */
const FILES_AT_ONCE = 200;

/**
 * The script, for bash 4 or newer with coreutils or busybox.
 *
 * A claim is a symbolic link whose target is the id of the job. Its creation is exclusive, it has its content from the
 * start, and a client that sends the creation twice finds its own id. `.demand.claim.1` is the first claim. A job that may
 * take it over makes `.demand.claim.2`. The claim with the highest number counts.
 *
 * `.demand.start` lists all entries at the first start, and the inode, size and time of each file. It gets its name by a
 * rename just before the command begins, so a later attempt that finds it may find files of the command. It moves all other
 * entries to {@link ASIDE_FOLDER}, and refuses changed inputs. A folder without the right to write stays in its place, so the
 * attempt first gives itself this right.
 */
export const CLAIM_SCRIPT = `(
unset GLOBIGNORE FUNCNEST; LC_ALL=C; set +f; shopt -s nullglob dotglob
give_up() { printf 'demand: %s\\n' "$2" >&2; exit "$1"; }
make_writable() { [ -r "$1" ] && [ -w "$1" ] && [ -x "$1" ] || chmod u+rwx "$1" 2>/dev/null; }
me=$AWS_BATCH_JOB_ID
[ -n "$me" ] || give_up ${CLAIM_EXITS.failed} 'AWS_BATCH_JOB_ID is not set, so the job cannot claim its working directory'
cd "$WORKING_DIR" 2>/dev/null || { make_writable "$WORKING_DIR"; cd "$WORKING_DIR"; } || give_up ${CLAIM_EXITS.notOurs} "the working directory $WORKING_DIR is gone"
owner=$(cat .demand.owner) || owner='no execution'
[ "$owner" = "$${EXECUTION_VARIABLE}" ] || give_up ${CLAIM_EXITS.notOurs} "the working directory $WORKING_DIR belongs to $owner, and this job to $${EXECUTION_VARIABLE}"
n=1 last=
while :; do
  claim=.demand.claim.$n
  holder=$(readlink $claim)
  if [ -z "$holder" ]; then
    [ "$last" != "$me" ] || break
    [ $n = 1 ] || case " $${PREVIOUS_JOBS_VARIABLE} " in
      *" $last "*) ;;
      *) give_up ${CLAIM_EXITS.claimed} "the job $last has claimed the working directory $WORKING_DIR, so the job $me does nothing" ;;
    esac
    ln -sn "$me" $claim 2>/dev/null
    holder=$(readlink $claim) || give_up ${CLAIM_EXITS.failed} "the working directory $WORKING_DIR could not be claimed"
  fi
  last=$holder n=$((n + 1))
done
again=; [ ! -f .demand.start ] || again=yes
files=(); changed=(); same=0; total=0; round=1
declare -A start
see() {
  [ -n "$again" ] || { printf '%s\\0%s\\0' "$1" "$2" || give_up ${CLAIM_EXITS.failed} 'the list of the staged files could not be written'; return; }
  if [ "\${start[$1]}" = "$2" ]; then same=$((same + 1)); else changed+=("$1"); fi
}
look() {
  local i=0 line lines IFS=$'\\n'
  [ \${#files[@]} -gt 0 ] || return 0
  lines=($(stat -c '%i %s %y' "\${files[@]}"))
  [ \${#lines[@]} = \${#files[@]} ] || give_up ${CLAIM_EXITS.failed} 'the staged files could not be listed'
  for line in "\${lines[@]}"; do see "\${files[i]}" "$line"; i=$((i + 1)); done
  files=()
}
set_aside() {
  local to=${ASIDE_FOLDER}/$round/\${1%/*}
  [ -h "$1" ] || [ ! -d "$1" ] || make_writable "$1"
  mkdir -p "$to" && mv -f "$1" "$to/" || { [ ! -e "$1" ] && [ ! -h "$1" ]; } || give_up ${CLAIM_EXITS.failed} "$1 of an earlier attempt could not be set aside"
}
walk() {
  local path name
  [ -z "$again" ] || make_writable "$1"
  for path in "$1"/*; do
    case $path in ${OWN_FILES}) continue ;; esac
    name=$path
    [ ! -d "$path" ] || [ -h "$path" ] || name=$path/
    if [ -n "$again" ] && [ -z "\${start[$name]+known}" ]; then
      set_aside "$path"
    elif [ "$name" != "$path" ]; then
      [ -n "$again" ] || see "$name" ''
      walk "$path"
    else
      files+=("$path")
      [ \${#files[@]} -lt ${FILES_AT_ONCE} ] || look
    fi
  done
}
if [ -z "$again" ]; then
  { walk . && look && see end ''; } > .demand.start.partial
  mv -f .demand.start.partial .demand.start || [ -f .demand.start ] || give_up ${CLAIM_EXITS.failed} 'the list of the staged files could not be written'
  exit 0
fi
while IFS= read -r -d '' path && IFS= read -r -d '' stats; do
  start[$path]=$stats
  [ -z "$stats" ] || total=$((total + 1))
done < .demand.start
[ -n "\${start[end]+known}" ] || give_up ${CLAIM_EXITS.failed} 'the list of the staged files is not complete'
while [ -e ${ASIDE_FOLDER}/$round ]; do round=$((round + 1)); done
walk .
look
for path in "\${!start[@]}"; do
  [ $((same + \${#changed[@]})) -lt $total ] || break
  [ -z "\${start[$path]}" ] || [ -e "$path" ] || [ -h "$path" ] || changed+=("$path")
done
[ $same = $total ] || give_up ${CLAIM_EXITS.inputsChanged} "an earlier attempt has changed or removed inputs: $(printf '%q ' "\${changed[@]:0:10}")"
) || exit`;
