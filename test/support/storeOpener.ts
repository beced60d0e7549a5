import { RunStore } from '../../src/engine/store/runStore.ts';

/** Opens each store as soon as it is named on standard input, and answers with what came of it. */
process.stdout.write('ready\n');
for await (const data of process.stdin.setEncoding('utf8'))
  for (const file of data.split('\n').filter(Boolean)) {
    let said = 'opened';
    try {
      const store = new RunStore(file);
      store.listRuns();
      store.close();
    } catch (error) {
      said = String(error);
    }
    process.stdout.write(`${said}\n`);
  }
