import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import * as z from 'zod/mini';
import { TextBlock } from '../shared/textBlock.ts';
import { vscodeHost } from '../shared/vscodeHost.ts';
import { CaseFilters } from './caseFilters.ts';
import { CaseTable } from './caseTable.ts';
import { ComparisonApp } from './comparisonApp.ts';
import { DifferencePlots } from './differencePlots.ts';
import { PairDrawer } from './pairDrawer.ts';
import { standaloneHost } from './standaloneHost.ts';
import { VerdictHead } from './verdictHead.ts';

// The page's content security policy forbids making code from text; zod would try it.
z.config({ jitless: true });

customElements.define('text-block', TextBlock);
customElements.define('verdict-head', VerdictHead);
customElements.define('difference-plots', DifferencePlots);
customElements.define('case-filters', CaseFilters);
customElements.define('case-table', CaseTable);
customElements.define('pair-drawer', PairDrawer);
customElements.define('touchstone-comparison', ComparisonApp);

document.querySelector<ComparisonApp>('touchstone-comparison')?.start(vscodeHost() ?? standaloneHost());
