import type { Command } from 'commander';
import { counted } from '../../engine/model/figures.ts';
import { PRICE_TABLE_DATE, type PriceRow, priceRows } from '../../engine/models/prices/priceTable.ts';
import { systemClock } from '../../engine/ports.ts';
import { EXIT } from '../exitCode.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable } from '../terminal/table.ts';

export interface PricesOptions {
  config?: string;
  json?: boolean;
  sources?: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** After so many days the table is called old. */
const OLD_DAYS = 90;

/** A price that the person's own configuration sets. */
interface OwnPrice {
  provider: string;
  model: string;
  input: number;
  cachedInput: number | null;
  output: number;
}

/** `touchstone prices`: its arguments and options. */
export function addPrices(program: Command, act: RunAction): void {
  program
    .command('prices')
    .description('show the price table with its date, and the prices set in the workspace')
    .argument('[model]', 'show only models whose name contains this')
    .addOption(configOption())
    .option('--sources', 'show the source of each price')
    .option('--json', 'print JSON')
    .action((model, options) => act((io) => prices(model, options, io)));
}

/** Shows the price table with its age, and the prices that the workspace sets itself. */
async function prices(filter: string | undefined, options: PricesOptions, io: Io): Promise<number> {
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const wanted = (model: string): boolean => filter === undefined || model.includes(filter.toLowerCase());
  const rows = priceRows().filter(({ model }) => wanted(model));
  const own = Object.entries(workspace.config.providers).flatMap(([provider, config]) =>
    Object.entries(config.prices ?? {}).flatMap(([model, price]): OwnPrice[] =>
      wanted(model.toLowerCase())
        ? [
            {
              provider,
              model,
              input: price.input,
              cachedInput: price.cachedInput ?? null,
              output: price.output,
            },
          ]
        : [],
    ),
  );
  const ageDays = Math.max(0, Math.floor((systemClock.now() - Date.parse(PRICE_TABLE_DATE)) / DAY_MS));
  if (options.json) {
    io.out(JSON.stringify({ date: PRICE_TABLE_DATE, ageDays, workspace: own, table: rows }, null, 2));
    return EXIT.passed;
  }
  if (own.length + rows.length === 0) {
    io.out(`no price known for a model that matches '${sanitizeLine(filter ?? '')}'`);
    return EXIT.passed;
  }
  showOwn(own, io);
  showTable(rows, options.sources === true, io);
  const age = `price table of ${PRICE_TABLE_DATE}, ${counted(ageDays, 'day')} old`;
  io.out('');
  io.out(ageDays > OLD_DAYS ? io.style.yellow(`${age}: prices may have changed since`) : io.style.dim(age));
  io.out(
    io.style.dim(
      "Applies only to the vendors' own URLs. Set your own prices under providers.NAME.prices in touchstone.yaml.",
    ),
  );
  return EXIT.passed;
}

const PRICE_COLUMNS = [
  { title: 'input', align: 'right' as const },
  { title: 'cached', align: 'right' as const },
  { title: 'output', align: 'right' as const },
];

function showOwn(own: readonly OwnPrice[], io: Io): void {
  if (own.length === 0) return;
  io.out(io.style.bold('This workspace: US dollars per million tokens'));
  const rows = own.map((price) => [sanitizeLine(`${price.provider}/${price.model}`), ...priceCells(price)]);
  showRows([{ title: 'model' }, ...PRICE_COLUMNS], rows, io);
  io.out('');
}

function showTable(rows: readonly PriceRow[], sources: boolean, io: Io): void {
  io.out(io.style.bold('List prices: US dollars per million tokens'));
  const columns = [
    { title: 'vendor' },
    { title: 'model' },
    ...PRICE_COLUMNS,
    { title: 'up to' },
    { title: 'as of' },
    ...(sources ? [{ title: 'sources' }] : []),
  ];
  const cells = rows.map((row) => [
    row.vendor,
    row.model,
    ...priceCells(row),
    upToText(row),
    `${row.date}${row.dateIs === 'read' ? ' (read)' : ''}`,
    ...(sources ? [row.sources.join(' ')] : []),
  ]);
  showRows(columns, cells, io);
}

/** `200K input, above 2.5/15` */
function upToText({ upToInputTokens, longer }: PriceRow): string {
  if (upToInputTokens === null) return '';
  const above = longer ? `, above ${longer.input}/${longer.output}` : '';
  return `${upToInputTokens / 1000}K input${above}`;
}

function priceCells(price: { input: number; cachedInput: number | null; output: number }): string[] {
  const { input, cachedInput, output } = price;
  return [String(input), cachedInput === null ? '–' : String(cachedInput), String(output)];
}

function showRows(columns: Parameters<typeof renderTable>[0], rows: readonly string[][], io: Io): void {
  const [head = '', ...body] = renderTable(columns, rows);
  io.out(io.style.dim(head));
  for (const line of body) io.out(line);
}
