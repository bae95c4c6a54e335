import { sha256 } from "./hash/sha256.ts"

/**
 * A token that is the same for the same parts and different for all others, so that a call can be repeated after a
 * crash without being done twice. 64 hexadecimal digits. Lengths are mixed in: `["ab", "c"]` is not `["a", "bc"]`.
 */
export const derivedToken = (parts: ReadonlyArray<string>): string =>
  sha256(parts.map((part) => `${part.length}:${part}`).join(""))
