/** What `make` gives, made when it is first asked for and only once. */
export const onDemand = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
