import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { textEdits } from '../../../src/engineProcess/textEdits.ts';
import { makeEdit, RestlessText } from '../../../src/ui/edits/editableText.ts';
import { InTurn } from '../../../src/ui/edits/inTurn.ts';
import { TypedText } from './typedText.ts';

/** Raises the number in the line that begins with a name: an edit that depends on the text that it is made for. */
const raise = (name: string) => (text: string) =>
  text.replace(new RegExp(`^${name}: (\\d+)$`, 'm'), (_, count) => `${name}: ${Number(count) + 1}`);

const asked = (text: string, change: (text: string) => string) => ({ edits: textEdits(text, change(text)) });

describe('an edit that is worked out while a person types', () => {
  it('comes out as if one had waited for the other, in any order of events', async () => {
    const steps = fc.array(fc.constantFrom('label a', 'label b', 'type'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, fc.scheduler(), async (order, scheduler) => {
        const document = new TypedText('a: 0\nb: 0\n');
        const turns = new InTurn();
        let [edited, typed] = [0, 0];
        const work: Promise<unknown>[] = [];
        for (const step of order) {
          if (step === 'type') {
            typed += 1;
            work.push(scheduler.schedule(Promise.resolve()).then(() => document.type('typed')));
          } else {
            const change = raise(step.slice(-1));
            const edit = turns.run('file', () =>
              makeEdit(document, async (text) => {
                await scheduler.schedule(Promise.resolve());
                return asked(text, change);
              }),
            );
            edited += 1;
            work.push(
              edit.catch((error: unknown) => {
                assert.ok(error instanceof RestlessText);
                edited -= 1;
              }),
            );
          }
        }
        await scheduler.waitFor(Promise.all(work));
        const counts = [...document.getText().matchAll(/^[ab]: (\d+)$/gm)].map(([, count]) => Number(count));
        assert.equal(counts.length, 2, document.getText());
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          edited,
        );
        assert.equal(document.getText().match(/^typed$/gm)?.length ?? 0, typed);
      }),
      { numRuns: 300 },
    );
  });

  it('is asked for anew for the text that was typed meanwhile', async () => {
    const document = new TypedText('a: 0\n');
    const seen: string[] = [];
    const isEdited = await makeEdit(document, async (text) => {
      seen.push(text);
      if (seen.length === 1) document.type('typed');
      return asked(text, raise('a'));
    });
    assert.equal(isEdited, true);
    assert.deepEqual(seen, ['a: 0\n', 'a: 0\ntyped\n']);
    assert.equal(document.getText(), 'a: 1\ntyped\n');
    assert.equal(document.saves, 0, 'what was typed and not saved stays unsaved');
  });

  it('is asked for anew where the editor refuses it, and saved where nothing else was unsaved', async () => {
    const document = new TypedText('a: 0\n');
    document.refusals = 2;
    await makeEdit(document, async (text) => asked(text, raise('a')));
    assert.equal(document.getText(), 'a: 1\n');
    assert.equal(document.saves, 1);
  });

  it('is refused where the text never keeps still, and then changes nothing', async () => {
    const document = new TypedText('a: 0\n');
    const restless = makeEdit(document, async (text) => {
      document.type('typed');
      return asked(text, raise('a'));
    });
    await assert.rejects(restless, RestlessText);
    assert.match(document.getText(), /^a: 0\n(typed\n)+$/);
  });

  it('does nothing where there is nothing to change', async () => {
    const document = new TypedText('a: 0\n');
    assert.equal(await makeEdit(document, async () => ({ edits: [] })), false);
    assert.equal(document.version, 1);
  });
});

describe('work that is done in turn', () => {
  it('goes on after one that failed, and other names do not wait', async () => {
    const turns = new InTurn();
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = turns.run('a', async () => {
      await gate.promise;
      throw new Error('no');
    });
    const second = turns.run('a', async () => void done.push('second'));
    await turns.run('b', async () => void done.push('other'));
    gate.resolve();
    await assert.rejects(first, /no/);
    await second;
    assert.deepEqual(done, ['other', 'second']);
  });
});
