/** Gives each list back as the one before where nothing of it has changed, so that nobody looks through it twice. */
export const steady = <A>(): ((list: ReadonlyArray<A>) => ReadonlyArray<A>) => {
  let before: ReadonlyArray<A> = []
  return (list) => {
    if (list.length !== before.length || list.some((item, index) => item !== before[index])) before = list
    return before
  }
}
