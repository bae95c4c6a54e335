/** How many words the generator of Go's `math/rand` remembers. */
export const LENGTH = 607
/** How many words back its second term lies. */
export const TAP = 273

const LEHMER_MODULUS = 2 ** 31 - 1

/** Where the seeding generator starts for a seed; zero would stay zero. */
export const lehmerStart = (seed: number): number => {
  const rest = seed % LEHMER_MODULUS
  return rest === 0 ? 89482311 : rest < 0 ? rest + LEHMER_MODULUS : rest
}

/** The generator that fills the state: 48271 x mod 2^31 - 1. */
export const lehmerNext = (x: number): number => (48271 * x) % LEHMER_MODULUS
