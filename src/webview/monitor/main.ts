import './knownLanguage.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import * as z from 'zod/mini';
import { vscodeHost } from '../shared/vscodeHost.ts';
import { MetricChart } from './metricChart.ts';
import { MonitorApp } from './monitorApp.ts';
import { TraceList } from './traceList.ts';

// The page's content security policy forbids making code from text; zod would try it.
z.config({ jitless: true });

customElements.define('metric-chart', MetricChart);
customElements.define('trace-list', TraceList);
customElements.define('touchstone-monitor', MonitorApp);

const host = vscodeHost();
if (host) document.querySelector<MonitorApp>('touchstone-monitor')?.start(host);
