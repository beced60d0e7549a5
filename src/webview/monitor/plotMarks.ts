import type uPlot from 'uplot';
import type { MetricMark } from '../../protocol/metricEntries.ts';
import type { PlotColors } from './plotColors.ts';

/** Half of a sign, in CSS pixels. */
const SIZE = 5;

/** Draws a line with a sign at its top for each mark: a full triangle fires, an empty one is resolved, a square is a run. */
export function drawMarks(plot: uPlot, marks: readonly MetricMark[], colors: PlotColors): void {
  const { ctx, bbox, scales } = plot;
  const { min = 0, max = 0 } = scales['x'] ?? {};
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = pixel;

  for (const mark of marks) {
    if (mark.timeMs < min || mark.timeMs > max) continue;
    const x = Math.round(plot.valToPos(mark.timeMs, 'x', true));
    const color = colorOf(mark, colors);
    ctx.strokeStyle = color;
    ctx.fillStyle = color;
    ctx.setLineDash(mark.kind === 'run' ? [1 * pixel, 3 * pixel] : [4 * pixel, 3 * pixel]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    drawSign(ctx, mark, { x, y: bbox.top, size: SIZE * pixel });
  }
  ctx.restore();
}

function colorOf(mark: MetricMark, colors: PlotColors): string {
  if (mark.kind === 'run') return colors.run;
  return mark.state === 'firing' ? colors.firing : colors.resolved;
}

function drawSign(
  ctx: CanvasRenderingContext2D,
  mark: MetricMark,
  { x, y, size }: { x: number; y: number; size: number },
): void {
  ctx.beginPath();
  if (mark.kind === 'run') ctx.rect(x - size * 0.7, y, size * 1.4, size * 1.4);
  else {
    ctx.moveTo(x - size, y);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size * 1.6);
    ctx.closePath();
  }
  if (mark.kind === 'alert' && mark.state === 'firing') ctx.fill();
  else ctx.stroke();
}
