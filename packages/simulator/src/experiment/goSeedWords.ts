import { LENGTH, lehmerNext, lehmerStart, TAP } from "./goGenerator.ts"

/** The state of the generator after this many steps is what Go mixes into every seed. */
const STEPS = 7.8e12
const LIMBS = 4
const LIMB = 0x10000

/** 607 words of 64 bits in halves. */
export interface SeedWords {
  readonly high: Uint32Array
  readonly low: Uint32Array
}

let known: SeedWords | undefined

/**
 * The 607 words that Go mixes into every seed, computed rather than copied.
 *
 * They are the generator's own state, started with seed 1, after 7.8e12 steps. A step is multiplication by t modulo the
 * polynomial t^607 - t^334 - 1 over the integers mod 2^64, so t^7.8e12 by squaring gives them in under a tenth of a second.
 */
export const goSeedWords = (): SeedWords => {
  known ??= jump()
  return known
}

/** A polynomial or a sequence of 64-bit words, four limbs of 16 bits each, so that sums of products stay exact in a Number. */
type Words = Float64Array

const jump = (): SeedWords => {
  const power = powerOfT(STEPS)
  const sequence = firstWords(2 * LENGTH)
  const high = new Uint32Array(LENGTH)
  const low = new Uint32Array(LENGTH)
  const sums = new Float64Array(LIMBS)
  for (let k = 0; k < LENGTH; k++) {
    sums.fill(0)
    for (let i = 0; i < LENGTH; i++) addProduct(sums, 0, power, i * LIMBS, sequence, (i + k) * LIMBS)
    carry(sums, 0)
    // The state is a ring that is written downwards: word n of the sequence, counted from -606, lies at 334 - n.
    const at = modulo(LENGTH - TAP - (STEPS - (LENGTH - 1) + k), LENGTH)
    high[at] = (sums[3] as number) * LIMB + (sums[2] as number)
    low[at] = (sums[1] as number) * LIMB + (sums[0] as number)
  }
  return { high, low }
}

/** The words -606, -605, ... of the sequence that seed 1 starts. */
const firstWords = (count: number): Words => {
  const words = new Float64Array(count * LIMBS)
  let x = lehmerStart(1)
  for (let skip = 0; skip < 20; skip++) x = lehmerNext(x)
  for (let place = 0; place < LENGTH; place++) {
    const first = lehmerNext(x)
    const second = lehmerNext(first)
    x = lehmerNext(second)
    // first << 20 ^ second << 10 ^ x: here, unlike in a seed, by 20 and 10.
    const low = ((first << 20) ^ (second << 10) ^ x) >>> 0
    const high = ((first >>> 12) ^ (second >>> 22)) >>> 0
    const n = modulo(LENGTH - TAP - place + LENGTH - 1, LENGTH)
    words.set([low % LIMB, Math.floor(low / LIMB), high % LIMB, Math.floor(high / LIMB)], n * LIMBS)
  }
  for (let n = LENGTH; n < count; n++) {
    for (let limb = 0; limb < LIMBS; limb++) {
      const sum = (words[(n - LENGTH) * LIMBS + limb] as number) + (words[(n - TAP) * LIMBS + limb] as number)
      words[n * LIMBS + limb] = sum
    }
    carry(words, n * LIMBS)
  }
  return words
}

const powerOfT = (exponent: number): Words => {
  let power: Words = new Float64Array(LENGTH * LIMBS)
  power[0] = 1
  for (const bit of exponent.toString(2)) {
    power = square(power)
    if (bit === "1") power = timesT(power)
  }
  return power
}

const square = (a: Words): Words => {
  const product = new Float64Array((2 * LENGTH - 1) * LIMBS)
  const twice = a.map((limb) => 2 * limb)
  for (let i = 0; i < LENGTH; i++) {
    addProduct(product, 2 * i * LIMBS, a, i * LIMBS, a, i * LIMBS)
    for (let j = 0; j < i; j++) addProduct(product, (i + j) * LIMBS, twice, i * LIMBS, a, j * LIMBS)
  }
  for (let i = 0; i < 2 * LENGTH - 1; i++) carry(product, i * LIMBS)
  return reduced(product, 2 * LENGTH - 1)
}

const timesT = (a: Words): Words => {
  const shifted = new Float64Array((LENGTH + 1) * LIMBS)
  shifted.set(a, LIMBS)
  return reduced(shifted, LENGTH + 1)
}

/** Replaces t^607 by t^334 + 1, from the highest power down. */
const reduced = (a: Words, terms: number): Words => {
  for (let power = terms - 1; power >= LENGTH; power--) {
    for (const target of [power - LENGTH, power - TAP]) {
      for (let limb = 0; limb < LIMBS; limb++) {
        a[target * LIMBS + limb] = (a[target * LIMBS + limb] as number) + (a[power * LIMBS + limb] as number)
      }
      carry(a, target * LIMBS)
    }
  }
  return a.slice(0, LENGTH * LIMBS)
}

/** Adds a product mod 2^64 to the limbs at `into`, without carrying. */
const addProduct = (into: Words, at: number, a: Words, i: number, b: Words, j: number): void => {
  const a0 = a[i] as number
  const a1 = a[i + 1] as number
  const a2 = a[i + 2] as number
  const b0 = b[j] as number
  const b1 = b[j + 1] as number
  const b2 = b[j + 2] as number
  into[at] = (into[at] as number) + a0 * b0
  into[at + 1] = (into[at + 1] as number) + a0 * b1 + a1 * b0
  into[at + 2] = (into[at + 2] as number) + a0 * b2 + a1 * b1 + a2 * b0
  into[at + 3] = (into[at + 3] as number) + a0 * (b[j + 3] as number) + a1 * b2 + a2 * b1 + (a[i + 3] as number) * b0
}

/** Brings the limbs at `at` back below 2^16, dropping what passes 2^64. */
const carry = (words: Words, at: number): void => {
  let over = 0
  for (let limb = at; limb < at + LIMBS; limb++) {
    const sum = (words[limb] as number) + over
    over = Math.floor(sum / LIMB)
    words[limb] = sum - over * LIMB
  }
}

const modulo = (a: number, b: number): number => ((a % b) + b) % b
