import { css, html, LitElement, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import { counted, formatCount, formatScore, formatSigned } from '../../engine/model/figures.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { visibleText } from '../shared/visibleText.ts';
import { type CaseEntry, type Change, keyOf } from './entries.ts';

import { isChanged } from './selectCases.ts';

/** User units of the strip. */
const STRIP = { width: 600, height: 110 };
/** User units of the paired plot, its frame included. */
const PLOT = { size: 150, from: 18, to: 138 };
/** Scores closer than this share a point, so that 10,000 cases stay some hundred circles. */
const GRID = 40;

interface Point {
  x: number;
  y: number;
  cases: CaseEntry[];
}

/**
 * The score differences of all cases as a strip sorted from the worst to the best, and baseline against
 * candidate as points. Emits `open` with the key of a case that was clicked.
 */
export class DifferencePlots extends LitElement {
  static override properties = { cases: { attribute: false } };
  declare cases: readonly CaseEntry[];

  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0.8em 1.6em;
      }
      figure {
        margin: 0;
        min-width: 0;
      }
      .strip {
        flex: 1 1 22em;
      }
      .strip svg {
        width: 100%;
        height: 76px;
      }
      .pairs svg {
        width: 118px;
        height: 118px;
      }
      figcaption {
        color: var(--vscode-descriptionForeground);
      }
      svg {
        display: block;
        forced-color-adjust: none;
      }
      .improved {
        fill: var(--vscode-testing-iconPassed);
      }
      .degraded {
        fill: var(--vscode-testing-iconFailed);
      }
      .neutral,
      .unmeasured {
        fill: var(--vscode-descriptionForeground);
      }
      .line {
        stroke: var(--vscode-descriptionForeground);
        stroke-width: 1;
        fill: none;
        vector-effect: non-scaling-stroke;
      }
      circle {
        fill-opacity: 0.75;
        cursor: pointer;
      }
      text {
        fill: var(--vscode-descriptionForeground);
        font-size: 10px;
      }
    `,
  ];

  constructor() {
    super();
    this.cases = [];
  }

  override render(): TemplateResult {
    const measured = this.cases.filter(({ score_difference }) => score_difference !== null);
    if (measured.length === 0) return html`${nothing}`;
    const sorted = measured.toSorted((a, b) => (a.score_difference ?? 0) - (b.score_difference ?? 0));
    return html`${this.#strip(sorted)}${this.#pairs(measured)}`;
  }

  #strip(sorted: readonly CaseEntry[]): TemplateResult {
    const { width, height } = STRIP;
    const changes: Change[] = ['degraded', 'neutral', 'improved'];
    const count = (change: Change) => sorted.filter((one) => one.change === change).length;
    const label = `Score differences of ${counted(sorted.length, 'case')}, sorted: ${count('degraded')} degraded, ${count('neutral')} neutral, ${count('improved')} improved; from ${formatSigned(sorted[0]?.score_difference ?? 0, 2)} to ${formatSigned(sorted.at(-1)?.score_difference ?? 0, 2)}`;
    return html`<figure class="strip">
      <svg
        viewBox="0 0 ${width} ${height}"
        preserveAspectRatio="none"
        role="img"
        aria-label=${label}
        @click=${(event: MouseEvent) => this.#openAt(event, sorted)}
      >
        ${changes.map((change) => svg`<path class=${change} d=${bars(sorted, change)}></path>`)}
        <path class="line" d="M0 ${height / 2} H${width}"></path>
      </svg>
      <figcaption>Score difference of each case, worst to best (scale −1 to +1)</figcaption>
    </figure>`;
  }

  #pairs(measured: readonly CaseEntry[]): TemplateResult {
    const { size, from, to } = PLOT;
    const points = pointsOf(measured);
    const label = `Candidate score against baseline score for ${counted(measured.length, 'case')}; above the line the candidate is better`;
    return html`<figure class="pairs">
      <svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${label}>
        <path class="line" d="M${from} ${from - 8} V${to - 8} H${to} M${from} ${to - 8} L${to} ${from - 8}"></path>
        ${points.map((point) => this.#circle(point))}
        <text x=${to} y=${size - 2} text-anchor="end">baseline</text>
        <text x="10" y=${from - 8} text-anchor="end" transform="rotate(-90 10 ${from - 8})">candidate</text>
      </svg>
      <figcaption>Above the line, the candidate is better</figcaption>
    </figure>`;
  }

  #circle({ x, y, cases }: Point): SVGTemplateResult {
    const { from, to } = PLOT;
    const place = (share: number) => from + share * (to - from);
    const radius = Math.min(9, 2 + Math.sqrt(cases.length));
    const [first] = cases;
    const change = cases.find(isChanged)?.change ?? 'neutral';
    const names = cases.slice(0, 5).map(({ case_id }) => visibleText(case_id));
    const more = cases.length > 5 ? ` and ${formatCount(cases.length - 5)} more` : '';
    return svg`<circle
      class=${change}
      cx=${place(x)}
      cy=${to - 8 - y * (to - from)}
      r=${radius}
      @click=${() => first && this.#open(first)}
    ><title>${`${formatScore(x)} → ${formatScore(y)}: ${names.join(', ')}${more}`}</title></circle>`;
  }

  #openAt(event: MouseEvent, sorted: readonly CaseEntry[]): void {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * sorted.length);
    const one = sorted[Math.max(0, Math.min(sorted.length - 1, index))];
    if (one) this.#open(one);
  }

  #open(one: CaseEntry): void {
    this.dispatchEvent(new CustomEvent<string>('open', { detail: keyOf(one) }));
  }
}

/** All bars of one kind as one outline; a difference of 0 is a line of half a unit. */
function bars(sorted: readonly CaseEntry[], change: Change): string {
  const { width, height } = STRIP;
  const step = width / sorted.length;
  const gap = step > 4 ? step * 0.15 : 0;
  const middle = height / 2;
  return sorted
    .map((one, index) => {
      if (one.change !== change) return '';
      const difference = one.score_difference ?? 0;
      const y = middle - (Math.abs(difference) < 0.01 ? 0.01 : difference) * (middle - 2);
      const [left, right] = [index * step + gap, (index + 1) * step - gap];
      return `M${left.toFixed(2)} ${middle}V${y.toFixed(2)}H${right.toFixed(2)}V${middle}Z`;
    })
    .join('');
}

function pointsOf(cases: readonly CaseEntry[]): Point[] {
  const points = new Map<string, Point>();
  for (const one of cases) {
    const [x, y] = [rounded(one.baseline.score ?? 0), rounded(one.candidate.score ?? 0)];
    const key = `${x} ${y}`;
    const known = points.get(key);
    if (known) known.cases.push(one);
    else points.set(key, { x, y, cases: [one] });
  }
  return [...points.values()];
}

function rounded(score: number): number {
  return Math.round(Math.max(0, Math.min(1, score)) * GRID) / GRID;
}
