const sizeFor = (count: number, length: number): number => Math.max(count, length * 2, 8)

/** The array, or a larger copy that holds at least `count` values. */
export const grownFloats = (array: Float64Array<ArrayBuffer>, count: number): Float64Array<ArrayBuffer> => {
  if (count <= array.length) return array
  const larger = new Float64Array(sizeFor(count, array.length))
  larger.set(array)
  return larger
}

/** The same for whole numbers; new places hold `filler`. */
export const grownInts = (array: Int32Array<ArrayBuffer>, count: number, filler = 0): Int32Array<ArrayBuffer> => {
  if (count <= array.length) return array
  const larger = new Int32Array(sizeFor(count, array.length))
  if (filler !== 0) larger.fill(filler, array.length)
  larger.set(array)
  return larger
}

/** The same for bytes. */
export const grownBytes = (array: Uint8Array<ArrayBuffer>, count: number): Uint8Array<ArrayBuffer> => {
  if (count <= array.length) return array
  const larger = new Uint8Array(sizeFor(count, array.length))
  larger.set(array)
  return larger
}
