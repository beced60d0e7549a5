import type { Rule, RuleLevel, RuleName } from './rule.ts';
import { emphasis } from './rules/emphasis.ts';
import { filler } from './rules/filler.ts';
import { formatting } from './rules/formatting.ts';
import { glossaryTerms } from './rules/glossaryTerms.ts';
import { jsonLayout } from './rules/jsonLayout.ts';
import { listLeads } from './rules/listLeads.ts';
import { politeness } from './rules/politeness.ts';
import { repeated } from './rules/repeated.ts';
import { sectionRules } from './rules/sectionRules.ts';
import { shorten } from './rules/shorten.ts';
import { tableLayout } from './rules/tableLayout.ts';
import { tableRules } from './rules/tableRules.ts';
import { truncate } from './rules/truncate.ts';
import { typography } from './rules/typography.ts';
import { whitespace } from './rules/whitespace.ts';

/** All rules in the order in which they are applied: what costs least first. */
const RULES: readonly Rule[] = [
  whitespace,
  jsonLayout,
  tableLayout,
  tableRules,
  typography,
  filler,
  politeness,
  repeated,
  formatting,
  sectionRules,
  listLeads,
  emphasis,
  glossaryTerms,
  shorten,
  truncate,
];

const RANK = { lossless: 0, safe: 1, aggressive: 2, target: 3 };

/** The rules of a level and of those before it. */
export function rulesUpTo(level: RuleLevel, without: readonly RuleName[] = []): Rule[] {
  return RULES.filter((rule) => RANK[rule.level] <= RANK[level] && !without.includes(rule.name));
}
