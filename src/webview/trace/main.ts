import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import * as z from 'zod/mini';
import { TextBlock } from '../shared/textBlock.ts';
import { vscodeHost } from '../shared/vscodeHost.ts';
import { SpanDrawer } from './spanDrawer.ts';
import { TraceApp } from './traceApp.ts';
import { TraceSummaryBar } from './traceSummaryBar.ts';
import { WaterfallGrid } from './waterfallGrid.ts';

// The page's content security policy forbids making code from text; zod would try it.
z.config({ jitless: true });

customElements.define('text-block', TextBlock);
customElements.define('trace-summary', TraceSummaryBar);
customElements.define('waterfall-grid', WaterfallGrid);
customElements.define('span-drawer', SpanDrawer);
customElements.define('touchstone-trace', TraceApp);

const host = vscodeHost();
if (host) document.querySelector<TraceApp>('touchstone-trace')?.start(host);
