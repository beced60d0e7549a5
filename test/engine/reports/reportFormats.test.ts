import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { REPORT_FORMATS, reportFormatOf } from '../../../src/engine/reports/reportFormats.ts';
import { touchstone } from '../../support/commandLine.ts';
import { sampleReport } from '../../support/sampleReport.ts';

const endings = REPORT_FORMATS.flatMap((format) => format.endings);

describe('the forms of reports', () => {
  it('are chosen by the end of a name, in either case', () => {
    assert.equal(reportFormatOf('a/b.JSON').endings[0], '.json');
    assert.equal(reportFormatOf('a.junit.xml').endings[0], '.junit.xml');
    assert.equal(reportFormatOf('junit.xml').endings[0], '.junit.xml');
    assert.equal(reportFormatOf('a.json.md').endings[0], '.md');
    for (const file of ['a', 'json', 'a.json.gz', 'a.yaml', '']) assert.throws(() => reportFormatOf(file));
  });

  // The page of `.html` is a bundle; its own tests build it and open it in a browser.
  for (const format of REPORT_FORMATS.filter(({ endings: [first] }) => first !== '.html'))
    it(`${format.endings[0]} says what failed, of one run, of several and of none`, async () => {
      const write = await format.load();
      const one = [...write([sampleReport()])].join('');
      assert.match(one, /HYPERLINK/);
      const two = [...write([sampleReport(), sampleReport({ id: 'another-run' })])].join('');
      assert.match(two, /another-run/);
      assert.equal(typeof [...write([])].join(''), 'string');
    });

  it('are all in the documentation and in the help', async () => {
    const page = readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8');
    for (const ending of endings)
      assert.ok(page.includes(`\`${ending}\``), `docs/reports.md lacks ${ending}`);
    const { out } = await touchstone('.', 'eval', '--help');
    for (const { endings: own } of REPORT_FORMATS)
      assert.ok(out.includes(own[0] ?? ''), `the help lacks ${own[0]}`);
  });
});
