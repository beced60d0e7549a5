import { formatCost, formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { ResultRow } from '../../protocol/resultRow.ts';
import { NARROW } from '../shared/rowGrid.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { RunHead } from './entries.ts';
import { stageText } from './figures.ts';
import type { StoredRow } from './rowStore.ts';
import type { SortColumn } from './viewState.ts';

/** The id of a case, with its description if it has one. */
export function titleOf({ case_id, description }: ResultRow): string {
  return description === '' ? case_id : `${case_id} · ${description}`;
}

export interface ResultColumn {
  title: string;
  /** A track of the row's CSS grid. */
  width: string;
  number?: boolean;
  sort?: SortColumn;
  text: (stored: StoredRow) => string;
}

const MEDIUM = 900;

/** The columns that a table of this width has room for, after the one of the status. */
export function resultColumns({ run }: RunHead, width: number): ResultColumn[] {
  const medium = width >= MEDIUM;
  const columns: (ResultColumn & { shown: boolean })[] = [
    {
      shown: true,
      title: 'Case',
      width: 'minmax(0, 1.3fr)',
      sort: 'case',
      text: ({ row }) => visibleText(titleOf(row)),
    },
    {
      shown: run.targets.length > 1,
      title: 'Target',
      width: 'minmax(0, 0.7fr)',
      sort: 'target',
      text: ({ row }) => visibleText(row.target),
    },
    {
      shown: run.repeat > 1,
      title: 'Trial',
      width: '3.5em',
      number: true,
      text: ({ row }) => String(row.trial + 1),
    },
    {
      shown: true,
      title: 'Score',
      width: '4.5em',
      number: true,
      sort: 'score',
      text: ({ row }) => formatScore(row.score),
    },
    {
      shown: medium,
      title: 'Output',
      width: 'minmax(0, 2fr)',
      text: ({ row }) => visibleText(row.output) || '(empty)',
    },
    { shown: true, title: 'Reason', width: 'minmax(0, 2fr)', text: ({ row }) => visibleText(row.reason) },
    { shown: medium, title: 'Stage', width: '6.5em', sort: 'stage', text: ({ row }) => stageText(row.stage) },
    {
      shown: width >= NARROW,
      title: 'Latency',
      width: '6em',
      number: true,
      sort: 'latency',
      text: ({ row }) => formatDuration(row.latency_ms),
    },
    {
      shown: medium,
      title: 'Cost',
      width: '6.5em',
      number: true,
      sort: 'cost',
      text: ({ row }) => formatCost(row.cost_usd),
    },
  ];
  return columns.filter(({ shown }) => shown);
}
