/** What a canvas is painted with: it knows no variables, so they are read for it. */
export interface PlotColors {
  series: readonly string[];
  text: string;
  font: string;
  grid: string;
  focus: string;
  firing: string;
  resolved: string;
  run: string;
}

/** By the order of series: each differs from the others without its colour, too. In pixels. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [10, 3, 2, 3], [4, 4], [12, 4]];

/** Colours that people who see few still tell apart come first. */
const SERIES = ['blue', 'orange', 'purple', 'green', 'yellow', 'red'];

export function plotColors(element: Element): PlotColors {
  const style = getComputedStyle(element);
  const read = (...names: string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return style.color;
  };
  return {
    series: SERIES.map((name) => opaque(read(`charts-${name}`))),
    text: read('descriptionForeground'),
    font: `${read('font-size')} ${read('font-family')}`,
    grid: read('widget-border', 'contrastBorder'),
    focus: read('focusBorder'),
    firing: read('charts-red', 'testing-iconFailed'),
    resolved: read('charts-green', 'testing-iconPassed'),
    run: read('descriptionForeground'),
  };
}

/** Some themes have colours for areas here, which a line is hardly seen in. */
function opaque(color: string): string {
  return color.replace(/^(#[\da-f]{6})[\da-f]{2}$/i, '$1').replace(/^rgba\((.*),[^,]*\)$/, 'rgb($1)');
}
