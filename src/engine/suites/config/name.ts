import { z } from 'zod';

/**
 * A name that a person gives to a suite, a target or a provider. It appears in commands, results and
 * model references (`provider/model`), so it has no slash and no space.
 */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'a name of letters, digits, ".", "_" and "-", beginning with a letter or digit',
  );
