/** Shows a watched execution: as plain lines, as JSON, or as a tree on a terminal (tree-view.ts). */
import { TextView } from '../text-view';
import type { WatchEvent, WatchView } from './events';
import { hasEnded } from './job';
import { reportLines } from './report-lines';
import { TreeView } from './tree-view';
import { printJson } from './verb';

export function viewFor(json: boolean): WatchView {
  if (json) return { tell: printJson, close: () => undefined };
  return process.stdout.isTTY
    ? new TreeView(process.stdout, Date.now)
    : new LinesView(process.stdout, Date.now);
}

class LinesView extends TextView implements WatchView {
  tell(event: WatchEvent): void {
    switch (event.type) {
      case 'watching':
        this.write(`demand ${event.executionId}, ${event.executionArn}`);
        break;
      case 'job-status':
        // The exit code tells the job's end, after its last lines.
        if (!hasEnded(event)) this.write(`  job is ${event.status}${becauseOf(event)}`);
        break;
      case 'trouble':
        process.stderr.write(`${event.message}\n`);
        break;
      case 'ended':
        for (const line of ['', ...reportLines(event.report, Date.now())]) this.write(line);
        break;
      default:
        this.show(event);
    }
  }

  close(): void {
    // Lines hold no terminal.
  }
}

function becauseOf({ reason }: { readonly reason?: string }): string {
  return reason === undefined ? '' : ` (${reason})`;
}
