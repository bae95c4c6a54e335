/**
 * The same function, which remembers what it came to for as long as its argument is in use. Only for functions of plain,
 * immutable data: loops ask for the same few things again and again, and most of what they look at lies still.
 */
export const remembered = <A extends object, B>(of: (value: A) => B): ((value: A) => B) => {
  const known = new WeakMap<A, { readonly result: B }>()
  return (value) => {
    const found = known.get(value)
    if (found !== undefined) return found.result
    const result = of(value)
    known.set(value, { result })
    return result
  }
}
