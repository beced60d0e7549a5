/** A rule of a Role, as YAML has it. */
export interface AccessRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
  resourceNames?: readonly string[];
}

export interface AccessQuestion {
  verb: string;
  group: string;
  /** With its subresource: `services/proxy`. */
  resource: string;
  name: string | undefined;
}

/** Whether a Role allows a request. A name restricts what has one: neither lists nor creations. */
export function isAllowed(
  rules: readonly AccessRule[],
  { verb, group, resource, name }: AccessQuestion,
): boolean {
  const covers = (listed: readonly string[], value: string) => listed.includes('*') || listed.includes(value);
  return rules.some(
    (rule) =>
      covers(rule.apiGroups, group) &&
      covers(rule.resources, resource) &&
      covers(rule.verbs, verb) &&
      (!rule.resourceNames || (name !== undefined && rule.resourceNames.includes(name))),
  );
}

export const EVERYTHING: readonly AccessRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
