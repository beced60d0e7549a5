import type { Dimension, MetricWhere } from '../../protocol/metricEntries.ts';
import { type Charts, chartsOf } from './chartModel.ts';
import {
  type Board,
  type ChartPoint,
  type ReceiverLook,
  type ToMonitorPage,
  toMonitorPage,
} from './monitorMessages.ts';
import type { ListedTraces } from './traceList.ts';

/** What the host sent. */
export class MonitorModel {
  board: Board | null = null;
  charts: Charts | null = null;
  values: { [dimension in Dimension]?: string[] | undefined } = {};
  receiver: ReceiverLook | null = null;
  /** Why nothing newer can be shown. */
  failure: string | null = null;
  listed: ListedTraces | null = null;

  /** Takes one message; throws when it is not part of the protocol. */
  receive(data: unknown): ToMonitorPage {
    const message = toMonitorPage.parse(data);
    switch (message.type) {
      case 'board':
        this.board = message.board;
        this.charts = chartsOf(message.board);
        this.failure = null;
        break;
      case 'values':
        this.values = message.values;
        break;
      case 'receiver':
        this.receiver = message.receiver;
        break;
      case 'traces':
      case 'traces-failed':
        this.listed = message;
        break;
      case 'failed':
        this.failure = message.message;
        break;
    }
    return message;
  }

  /** The traces of a point, once they have come. */
  tracesOf(point: ChartPoint): ListedTraces | null {
    return this.listed && JSON.stringify(this.listed.point) === JSON.stringify(point) ? this.listed : null;
  }
}

/** `where` with a value for a dimension, or without it. */
export function withValue(where: MetricWhere, dimension: Dimension, value: string): MetricWhere {
  const { [dimension]: _, ...rest } = where;
  return value === '' ? rest : { ...rest, [dimension]: value };
}
