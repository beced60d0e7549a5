import { parentPort, workerData } from 'node:worker_threads';
import { checkFile } from '../engine/language/checkFile.ts';
import { LanguageFile, type LanguageSource } from '../engine/language/languageFile.ts';
import { fixedEnvironment } from '../engine/ports.ts';

// The other end of checkApart.ts: checks one dataset, whose problems do not depend on the environment.
const file = new LanguageFile(workerData as LanguageSource);
const { signal } = new AbortController();
parentPort?.postMessage(await checkFile(file, { environment: fixedEnvironment({}), signal }));
