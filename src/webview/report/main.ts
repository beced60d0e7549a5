import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-tab-header/index.js';
import '@vscode-elements/elements/dist/vscode-tab-panel/index.js';
import '@vscode-elements/elements/dist/vscode-tabs/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import * as z from 'zod/mini';
import { TextBlock } from '../shared/textBlock.ts';
import { vscodeHost } from '../shared/vscodeHost.ts';
import { CaseDrawer } from './caseDrawer.ts';
import { LabelEditor } from './labelEditor.ts';
import { ReportApp } from './reportApp.ts';
import { ReportBreakdown } from './reportBreakdown.ts';
import { ReportFilters } from './reportFilters.ts';
import { ReportSummary } from './reportSummary.ts';
import { ResultTable } from './resultTable.ts';
import { standaloneHost } from './standaloneHost.ts';

// The page's content security policy forbids making code from text; zod would try it.
z.config({ jitless: true });

customElements.define('text-block', TextBlock);
customElements.define('report-summary', ReportSummary);
customElements.define('report-breakdown', ReportBreakdown);
customElements.define('report-filters', ReportFilters);
customElements.define('result-table', ResultTable);
customElements.define('label-editor', LabelEditor);
customElements.define('case-drawer', CaseDrawer);
customElements.define('touchstone-report', ReportApp);

document.querySelector<ReportApp>('touchstone-report')?.start(vscodeHost() ?? standaloneHost());
