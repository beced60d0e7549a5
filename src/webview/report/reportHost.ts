import type { PageHost } from '../shared/pageHost.ts';
import type { FromPage } from './messages.ts';
import type { ViewState } from './viewState.ts';

/** Where the report page gets its data from, and where it keeps its state. */
export type ReportHost = PageHost<FromPage, ViewState>;
