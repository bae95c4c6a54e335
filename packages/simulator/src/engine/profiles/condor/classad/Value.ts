import type { ClassAd } from "./ClassAd.ts"

/** The value of an expression that cannot be computed, such as `1 / 0` or `"a" + 1`. */
export const ERROR: unique symbol = Symbol("error")

/**
 * What a ClassAd expression can be worth. An integer is a bigint and a real a number, so that the language's two kinds of
 * numbers stay apart; JavaScript's undefined is ClassAd's.
 */
export type Value = undefined | typeof ERROR | boolean | bigint | number | string | ReadonlyArray<Value> | ClassAd

/** Whether a value is one of the three the language counts as numbers (a boolean is 0 or 1). */
export const isNumeric = (value: Value): value is boolean | bigint | number =>
  typeof value === "boolean" || typeof value === "bigint" || typeof value === "number"

/** A numeric value as a double, and undefined for everything else. */
export const toNumber = (value: Value): number | undefined => (isNumeric(value) ? Number(value) : undefined)

/** A condition's outcome: only a value that is true, or a number other than zero, holds. */
export const holds = (value: Value): boolean => isNumeric(value) && Number(value) !== 0

/** Wraps a whole number to 64 bits, as the language's integers do. */
export const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)

/** Lower case of the ASCII letters only, which is how names and strings are compared. */
export const fold = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
