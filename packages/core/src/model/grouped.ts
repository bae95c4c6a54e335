/** Things by what `keyOf` says of them, keys and things in the order in which they came. Node 20 has no `Map.groupBy`. */
export const grouped = <Key, Thing>(
  things: Iterable<Thing>,
  keyOf: (thing: Thing) => Key
): ReadonlyMap<Key, ReadonlyArray<Thing>> => {
  const groups = new Map<Key, Array<Thing>>()
  for (const thing of things) {
    const key = keyOf(thing)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [thing])
    else group.push(thing)
  }
  return groups
}
