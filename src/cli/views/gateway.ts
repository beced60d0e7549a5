import { formatCost, formatCount, formatPercent } from '../../engine/model/figures.ts';
import { errorRate, formatLatency, sharesOf } from '../../engine/model/gatewayFigures.ts';
import type { ArmEntry, GatewayState, RouteEntry, ServingGateway } from '../../protocol/gatewayEntries.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { type Column, fitTable } from '../terminal/table.ts';
import { shadowLines } from './shadow.ts';

const NONE = 'the gateway of this workspace does not run';

/** Whether it runs, the traffic of each target, and the shadows. */
export function gatewayLines(gateway: GatewayState, status: ServicesStatus | undefined, io: Io): string[] {
  switch (gateway.state) {
    case 'off':
      return [NONE, '  start it with: touchstone gateway start'];
    case 'failed':
      return [`${NONE}: ${gateway.message}`, `  ${gateway.remedy}`];
    case 'serving':
      return [
        ...placeLines(gateway, status),
        ...problemLines(gateway),
        '',
        ...trafficLines(gateway.routes, io),
        ...gateway.routes.flatMap((route) => deployedLines(route, io)),
        ...gateway.routes.flatMap((route) => mismatchLines(route, io)),
        ...gateway.routes.flatMap((route) => shadowLines(route, io)),
      ];
  }
}

/** For those who have just started it beside something else. */
export function gatewayPlace({ gateway }: ServicesStatus): string[] {
  return gateway.state === 'serving' ? [...placeLines(gateway, undefined), ...problemLines(gateway)] : [];
}

/** Where it serves, and how a client is told. */
export function servingLines(serving: ServingGateway, status: ServicesStatus | undefined, io: Io): string[] {
  const isForeground = status?.foreground ?? false;
  return [
    ...placeLines(serving, status),
    ...problemLines(serving),
    io.style.dim('  clients find it by: eval "$(touchstone gateway env)"'),
    ...(isForeground ? [] : [io.style.dim('  stop it with: touchstone gateway stop')]),
  ];
}

function placeLines({ endpoint, insteadOf }: ServingGateway, status: ServicesStatus | undefined): string[] {
  const by = status ? ` (process ${status.pid})` : '';
  return [
    `gateway on ${endpoint}${by}`,
    ...(insteadOf ? [`  port ${insteadOf.port} is in use by ${sanitizeLine(insteadOf.holder)}`] : []),
  ];
}

function problemLines({ problem, keysWanted }: ServingGateway): string[] {
  return [
    ...(problem === null ? [] : [`not all is as touchstone.yaml says: ${sanitizeLine(problem)}`]),
    ...keysWanted.map(
      ({ provider, origin, variable }) =>
        `no API key for ${sanitizeLine(provider)} at ${sanitizeLine(origin)}: set ${sanitizeLine(variable)}, then run: touchstone gateway start`,
    ),
  ];
}

function deployedLines({ route, armsFrom }: RouteEntry, io: Io): string[] {
  if (armsFrom !== 'deployment') return [];
  return [
    io.style.dim(`${sanitizeLine(route)}: a deployment has set its targets, in place of touchstone.yaml`),
  ];
}

const right = { align: 'right' as const };
const COLUMNS: readonly Column[] = [
  { title: 'route' },
  { title: 'target' },
  { title: 'weight', ...right },
  { title: 'observed', ...right, spare: 2 },
  { title: 'requests', ...right },
  { title: 'failed', ...right },
  { title: 'p50', ...right },
  { title: 'p95', ...right, spare: 1 },
  { title: 'tokens', ...right, spare: 3 },
  { title: 'cost', ...right },
];

function trafficLines(routes: readonly RouteEntry[], io: Io): string[] {
  if (routes.length === 0) return ['no requests so far'];
  const rows = routes.flatMap((route) => route.arms.map((arm, at) => armRow(route, arm, at === 0)));
  const [head = '', ...lines] = fitTable(COLUMNS, rows, io.width);
  return [io.style.dim(head), ...lines];
}

function armRow({ route, arms }: RouteEntry, arm: ArmEntry, isFirst: boolean): string[] {
  const { wanted, observed } = sharesOf(arm, arms);
  return [
    isFirst ? sanitizeLine(route) : '',
    sanitizeLine(arm.target === arm.arm ? arm.target : `${arm.arm} (${arm.target})`),
    formatPercent(wanted),
    formatPercent(observed),
    formatCount(arm.requests),
    formatPercent(errorRate(arm)),
    formatLatency(arm.p50Ms),
    formatLatency(arm.p95Ms),
    formatCount(arm.tokens),
    costText(arm),
  ];
}

function costText({ costUsd, unpriced }: ArmEntry): string {
  if (unpriced === 0) return formatCost(costUsd);
  return costUsd === 0 ? formatCost(null) : `at least ${formatCost(costUsd)}`;
}

function mismatchLines({ route, mismatch }: RouteEntry, io: Io): string[] {
  if (!mismatch) return [];
  return [
    io.style.red(
      `${sanitizeLine(route)}: the observed split does not fit the weights (p = ${mismatch.p.toPrecision(2)}), so its targets cannot be compared`,
    ),
  ];
}

/** Without its token, which `touchstone gateway env` prints. */
export function gatewayJson(gateway: GatewayState, pid: number | null): object {
  if (gateway.state !== 'serving') {
    const problem = gateway.state === 'failed' ? { problem: gateway.message } : {};
    return { running: false, ...problem };
  }
  const { state: _state, token: _token, keysWanted, ...shown } = gateway;
  return { running: true, pid, ...shown, keysWanted };
}
