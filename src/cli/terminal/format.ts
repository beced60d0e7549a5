export { formatCost, formatCount, formatDuration, formatPercent } from '../../engine/reports/figures.ts';
