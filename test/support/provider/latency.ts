/** Milliseconds that an answer takes, drawn anew for each. */
export type Latency = (random: () => number) => number;

export const latency = {
  fixed:
    (ms: number): Latency =>
    () =>
      ms,

  uniform:
    (least: number, most: number): Latency =>
    (random) =>
      least + random() * (most - least),

  /** Log-normal, by its median and its 95th percentile: the shape of most real services. */
  logNormal: (median: number, p95: number): Latency => {
    const sigma = Math.log(p95 / median) / 1.6448536269514722;
    return (random) => median * Math.exp(sigma * normal(random));
  },

  /** A share of the answers takes `slowMs`, the others `ms`. */
  twoSpeeds:
    (ms: number, slowMs: number, share: number): Latency =>
    (random) =>
      random() < share ? slowMs : ms,
};

/** Box & Muller 1958, Ann. Math. Statist. 29(2), 610. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
