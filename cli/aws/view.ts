/** Shows a watched execution: as plain lines, as JSON, or as a tree on a terminal (tree-view.ts). */

import { err, out } from '../output/output';
import { TextView } from '../text-view';
import type { WatchEvent, WatchView } from './events';
import { hasEnded } from './job';
import type { ExecutionOptions } from './options';
import { reportLines } from './report-lines';
import { TreeView } from './tree-view';

export function viewFor({ json, colours = false }: ExecutionOptions): WatchView {
  if (json) return { tell: (event) => out.json(event), close: () => undefined };
  return out.isTerminal ? new TreeView(out, Date.now, colours) : new LinesView(out, Date.now, colours);
}

class LinesView extends TextView implements WatchView {
  tell(event: WatchEvent): void {
    switch (event.type) {
      case 'watching':
        this.output.line(`demand ${event.executionId}, ${event.executionArn}`);
        break;
      case 'job-status':
        // The exit code tells the job's end, after its last lines.
        if (!hasEnded(event)) this.output.line(`  job is ${event.status}${becauseOf(event)}`);
        break;
      case 'trouble':
        err.message(event.message);
        break;
      case 'ended':
        this.output.lines(['', ...reportLines(event.report, Date.now())]);
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
