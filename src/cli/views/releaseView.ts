import { type Approval, approvalOf } from '../../engine/deploy/approval.ts';
import { isJsonObject, type JsonObject } from '../../engine/model/json.ts';
import type { ListedRelease } from '../../engine/releases/readRelease.ts';
import type { Release } from '../../engine/releases/release.ts';
import { toFile } from '../../engine/releases/releaseSchema.ts';
import type { Io } from '../terminal/io.ts';
import { sanitize, sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable } from '../terminal/table.ts';

/** As its file has it, with the content's digest alone. */
export function releaseJson(release: Release): JsonObject {
  return { ...toFile(release), digest: release.digest, approval: { ...approvalOf(release) } };
}

export function listedJson(listed: ListedRelease): JsonObject {
  if ('release' in listed) return { ...summaryOf(listed.release), problem: null };
  const { message, remedy = null } = listed.error;
  return { name: listed.name, problem: { message, remedy } };
}

function summaryOf(release: Release): JsonObject {
  const { name, created, description = null, model, prompt, approvedBy, digest } = release;
  const approval = { ...approvalOf(release) };
  return {
    name,
    created,
    description,
    model,
    prompt: prompt.path,
    run: approvedBy?.run ?? null,
    digest,
    approval,
  };
}

export function releaseTable(releases: readonly ListedRelease[], io: Io): string[] {
  if (releases.length === 0)
    return ['no releases; create one with: touchstone release create NAME --prompt FILE'];

  const rows = releases.map((one) => {
    if ('error' in one) return [one.name, '', '', '', sanitizeLine(one.error.message), ''];
    const { name, created, model, prompt, description = '', digest } = one.release;
    return [
      name,
      created.slice(0, 16).replace('T', ' '),
      sanitizeLine(model),
      digest.slice(0, 12),
      sanitizeLine(description || prompt.path),
      STATES[approvalOf(one.release).state],
    ];
  });
  const columns = ['release', 'created', 'model', 'digest', 'description', 'evaluation'].map((title) => ({
    title,
  }));
  const [head = '', ...body] = renderTable(columns, rows);
  return [io.style.dim(head), ...body];
}

const STATES: { readonly [state in Approval['state']]: string } = {
  approved: 'approved',
  overridden: 'OVERRIDDEN',
  none: 'not evaluated',
};

/** What a person has to see first; nothing where a gate has passed. */
export function approvalLines(release: Release, io: Io): string[] {
  const { state, reason } = approvalOf(release);
  return state === 'approved' ? [] : [io.style.red(sanitizeLine(`${STATES[state]}: ${reason}`))];
}

export function releaseLines(release: Release, io: Io): string[] {
  const { name, created, model, prompt, description, tools, dataset, approvedBy, digest } = release;
  const settings = toFile(release);
  const parameters = isJsonObject(settings['parameters']) ? settings['parameters'] : {};
  const rows: [string, string | undefined][] = [
    ['description', description],
    ['created', created],
    ['model', model],
    ['prompt', `${prompt.path} (${prompt.hash.slice(0, 12)})`],
    ['parameters', Object.keys(parameters).length === 0 ? undefined : JSON.stringify(parameters)],
    [
      'inputs',
      prompt.inputs.map((input) => (input.required ? input.name : `${input.name} (optional)`)).join(', ') ||
        undefined,
    ],
    ['tools', tools.map((tool) => tool.name).join(', ') || undefined],
    ['response', release.responseFormat?.type],
    ['dataset', dataset && `${dataset.path} ${dataset.version}`],
    ['approved by', approvedBy && `${approvedBy.kind ?? 'run'} ${approvedBy.run}`],
    ['evaluators', approvedBy?.evaluators?.join(', ') || undefined],
    ['served', approvedBy?.servedModels?.join(', ') || undefined],
    ...(approvedBy?.clauses ?? []).map((clause): [string, string] => [
      clause.status,
      `${clause.name}: ${clause.reason}`,
    ]),
    ['digest', digest],
  ];
  return [
    io.style.bold(`release/${name}`),
    ...approvalLines(release, io),
    ...rows.flatMap(([title, text]) =>
      text === undefined ? [] : [`${io.style.dim(title.padEnd(12))} ${sanitizeLine(text)}`],
    ),
    ...prompt.messages.flatMap(({ role, template }) => [
      '',
      io.style.dim(role),
      ...sanitize(template).split('\n'),
    ]),
  ];
}
