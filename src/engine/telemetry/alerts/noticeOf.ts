import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AlertRule } from '../../model/alertRule.ts';
import { contentHash } from '../../model/hash.ts';
import type { AlertGroup } from './alertGroup.ts';
import type { AlertNotice, NoticeKind } from './alertNotice.ts';
import { alertSummary } from './alertWords.ts';

/** What a channel is told of a group. `root`: real path of the workspace. */
export function noticeOf(
  rule: AlertRule,
  group: AlertGroup,
  { kind, root, nowMs }: { kind: NoticeKind; root: string; nowMs: number },
): AlertNotice {
  const { label, episode, value, samples, startsAtMs, endsAtMs, traces } = group;
  const { name, by, of, severity, condition, description, location } = rule;
  return {
    key: keyOf([root, name, by, label, episode, startsAtMs, kind, ...(kind === 'test' ? [nowMs] : [])]),
    kind,
    rule: name,
    group: by === null ? null : { by, label },
    of,
    severity,
    condition: condition.text,
    description,
    value,
    limit: condition.limit,
    summary: alertSummary(rule, value),
    samples,
    startsAtMs: startsAtMs ?? nowMs,
    endsAtMs: kind === 'resolved' ? (endsAtMs ?? nowMs) : null,
    traces,
    workspace: path.basename(root),
    source: editorUrl(path.resolve(root, location.path), location),
  };
}

/** Takes back what was told: its rule is gone, or about something else. */
export function withdrawn(notice: AlertNotice, nowMs: number): AlertNotice {
  const endsAtMs = Math.max(nowMs, notice.startsAtMs + 1);
  return { ...notice, key: keyOf([notice.key, 'withdrawn']), kind: 'withdrawn', endsAtMs };
}

/** The same for the same transition, however often it is sent; tells nothing of where the workspace lies. */
function keyOf(parts: readonly unknown[]): string {
  return contentHash(parts).slice(0, 32);
}

/** VS Code opens it at the line. */
function editorUrl(file: string, { line, column }: { line: number; column: number }): string {
  return `vscode://file${pathToFileURL(file).pathname}:${line}:${column}`;
}
