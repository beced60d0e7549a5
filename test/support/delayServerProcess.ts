// A delay server as a process of its own; sends its address to the parent and ends with it.
import { startDelayServer } from './delayServer.ts';

const server = await startDelayServer(Number(process.argv[2]));
process.send?.(server.url);
process.on('disconnect', () => process.exit(0));
