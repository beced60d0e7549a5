import * as vscode from 'vscode';
import { type StepState, weightText } from '../../engine/model/deploymentFigures.ts';
import { formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { DeploymentAction, DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import { lineText } from '../output/plainText.ts';

const { t } = vscode.l10n;

type Progress = Pick<DeploymentEntry, 'phase' | 'step' | 'steps'>;

/** `support-2 → support-3` */
export function versionsText({ blue, green }: Pick<DeploymentEntry, 'blue' | 'green'>): string {
  return `${blue === null ? t('nothing') : lineText(blue.name)} → ${lineText(green.name)}`;
}

/** Where it is, in words. */
export function phaseText({ phase, step, steps }: Progress): string {
  const weight = step === null ? undefined : steps[step]?.weight;
  const place = weight === undefined ? undefined : weightText(weight);
  switch (phase) {
    case 'preparing':
      return t('preparing');
    case 'starting':
      return t('starting green');
    case 'healthy':
      return t('green is ready');
    case 'smoking':
      return t('smoke test of green');
    case 'watching':
      return place === undefined ? t('watching') : t('watching at {0}', place);
    case 'paused':
      return place === undefined ? t('paused') : t('paused at {0}', place);
    case 'keeping':
      return t('at 100 %, blue is kept');
    case 'decommissioning':
      return t('decommissioning blue');
    case 'done':
      return t('done');
    case 'rolling-back':
      return t('rolling back');
    case 'rolled-back':
      return place === undefined ? t('rolled back') : t('rolled back at {0}', place);
    case 'failed':
      return t('failed');
  }
}

/** `3 min 20 s left`; null where no time is set. */
export function leftText(untilMs: number | null, nowMs: number): string | null {
  if (untilMs === null) return null;
  const left = untilMs - nowMs;
  if (left <= 0) return t('time is over');
  return t('{0} left', formatDuration(Math.ceil(left / 1000) * 1000).replace(/\.0 s$/, ' s'));
}

export function stepText(state: StepState): string {
  switch (state) {
    case 'passed':
      return t('passed');
    case 'current':
      return t('watched');
    case 'paused':
      return t('paused');
    case 'failed':
      return t('failed');
    case 'next':
      return t('to come');
  }
}

/** `34 of 30 samples, gate undecided` */
export function evidenceText({ report }: Pick<DeploymentEntry, 'report'>): string | null {
  if (report === null) return null;
  const { green, minSamples, status } = report;
  const samples = t('{0} of {1} samples', formatCount(green.samples), formatCount(minSamples));
  return `${samples} · ${gateText(status)}`;
}

export function gateText(status: NonNullable<DeploymentEntry['report']>['status']): string {
  switch (status) {
    case 'pass':
      return t('gate passes');
    case 'fail':
      return t('gate fails');
    case 'undecided':
      return t('gate undecided');
  }
}

export function actionText(action: DeploymentAction): string {
  switch (action) {
    case 'promote':
      return t('Promote');
    case 'pause':
      return t('Pause');
    case 'resume':
      return t('Resume');
    case 'abort':
    case 'rollback':
      return t('Abort and Roll Back');
    case 'decommission':
      return t('Decommission');
  }
}

/** One line a fact, for tooltips. */
export function deploymentFacts(entry: DeploymentEntry, nowMs: number): string[] {
  const { deployment, where, untilMs, explanation, drift, weights } = entry;
  const left = leftText(untilMs, nowMs);
  const evidence = evidenceText(entry);
  return [
    `${lineText(deployment)}: ${versionsText(entry)}`,
    [phaseText(entry), ...(left === null ? [] : [left])].join(' · '),
    ...(where === null ? [] : [lineText(where)]),
    ...(weights === null
      ? []
      : [t('Blue {0}, green {1}', weightText(weights.blue), weightText(weights.green))]),
    ...(evidence === null ? [] : [evidence]),
    ...explanation.slice(0, 2).map(lineText),
    ...drift.map((text) => t('Changed by somebody else: {0}', lineText(text))),
  ];
}
