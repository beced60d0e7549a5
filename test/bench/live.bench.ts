// Live quality: how soon a received span is evaluated at 1,000 spans a second, and that slow subscribers and a judge that hangs change
// nothing for anybody else. `npm run bench -- live [SECONDS]`; ends with 1 where a limit is missed.
import { benchStream } from './live/stream.ts';

const seconds = Number(process.argv[2] ?? 15);
const misses = [...(await benchStream(seconds))];
for (const miss of misses) console.log(`missed: ${miss}`);
process.exit(misses.length === 0 ? 0 : 1);
