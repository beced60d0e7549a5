import type { Rule, RuleLevel, RuleName } from './rule.ts';
import { emphasis } from './rules/emphasis.ts';
import { examples } from './rules/examples.ts';
import { filler } from './rules/filler.ts';
import { formatting } from './rules/formatting.ts';
import { glossaryTerms } from './rules/glossaryTerms.ts';
import { intensifiers } from './rules/intensifiers.ts';
import { jsonLayout } from './rules/jsonLayout.ts';
import { listLeads } from './rules/listLeads.ts';
import { nearlyRepeated } from './rules/nearlyRepeated.ts';
import { politeness } from './rules/politeness.ts';
import { repeated } from './rules/repeated.ts';
import { sectionRules } from './rules/sectionRules.ts';
import { shorten } from './rules/shorten.ts';
import { tableLayout } from './rules/tableLayout.ts';
import { tableRules } from './rules/tableRules.ts';
import { truncate } from './rules/truncate.ts';
import { typography } from './rules/typography.ts';
import { whitespace } from './rules/whitespace.ts';
import { xmlLayout } from './rules/xmlLayout.ts';

/** All rules in the order in which they are applied: what costs least first. */
const RULES: readonly Rule[] = [
  whitespace,
  jsonLayout,
  xmlLayout,
  tableLayout,
  tableRules,
  formatting,
  sectionRules,
  listLeads,
  typography,
  filler,
  politeness,
  repeated,
  intensifiers,
  emphasis,
  nearlyRepeated,
  glossaryTerms,
  examples,
  shorten,
  truncate,
];

const RANK = { lossless: 0, safe: 1, aggressive: 2, target: 3 };

/** The rules of a level and of those before it. */
export function rulesUpTo(level: RuleLevel, without: readonly RuleName[] = []): Rule[] {
  return RULES.filter((rule) => RANK[rule.level] <= RANK[level] && !without.includes(rule.name));
}
