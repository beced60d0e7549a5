import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Takes the pictures of the walkthrough and the README anew, from the journeys in a real editor: npm run pictures. */
const root = path.join(import.meta.dirname, '..');

/** Picture of a journey → where it is shown. */
const PICTURES = {
  'day-views-empty': ['walkthrough/look'],
  'day-live-tree': ['walkthrough/run', 'screenshots/tests'],
  'greetings-diff': ['walkthrough/failure'],
  'day-report-case': ['walkthrough/report', 'screenshots/report'],
  'greetings-preview': ['walkthrough/again', 'screenshots/accept'],
};

const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
execFileSync(process.execPath, [mocha, 'test/e2e/firstDay.test.ts', 'test/e2e/acceptOutput.test.ts'], {
  cwd: root,
  stdio: 'inherit',
});
for (const [taken, shown] of Object.entries(PICTURES)) {
  for (const name of shown) {
    const file = path.join(root, 'media', `${name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    copyFileSync(path.join(root, 'screenshots', `${taken}.png`), file);
  }
}
