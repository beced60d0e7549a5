import type { RouteEntry } from '../../protocol/gatewayEntries.ts';

/** Weights of a route's targets as a person edits them: `blue=90 green=10`. */
export function weightsText({ arms }: Pick<RouteEntry, 'arms'>): string {
  return arms.map(({ arm, weight }) => `${arm}=${weight}`).join(' ');
}

/** Undefined for what names another target, leaves one out, or gives nothing to all of them. */
export function readWeights(
  text: string,
  { arms }: Pick<RouteEntry, 'arms'>,
): { [arm: string]: number } | undefined {
  const weights = new Map<string, number>();
  for (const part of text.trim().split(/[\s,]+/)) {
    const [, arm = '', value = ''] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(part) ?? [];
    if (weights.has(arm) || !arms.some((one) => one.arm === arm)) return undefined;
    weights.set(arm, Number(value));
  }
  const isWhole = weights.size === arms.length && [...weights.values()].some((weight) => weight > 0);
  return isWhole ? Object.fromEntries(weights) : undefined;
}
