/** What may say in which namespace it lies. Whatever does not lies in the one of its connection. */
export interface Namespaced {
  readonly namespace?: string
}

/** The same with its namespace said, as everything is that a service tells. */
export type InNamespace<A extends Namespaced> = A & { readonly namespace: string }

/** Whether it says its namespace. */
export const saysNamespace = <A extends Namespaced>(thing: A): thing is InNamespace<A> => thing.namespace !== undefined

/** Says the namespace for what does not. A service does this with all it is given, and knows of no default beyond. */
export const within =
  (own: string) =>
  <A extends Namespaced>(thing: A): InNamespace<A> =>
    saysNamespace(thing) ? thing : { ...thing, namespace: own }

/** What lists are given for all namespaces; no namespace is called so. */
export const everywhere = "*"

/** The only namespace that a list is of; `undefined` where it is of all. */
export const listedIn = (own: string, asked: string = own): string | undefined =>
  asked === everywhere ? undefined : asked

/** The namespace of a connection that nobody gave one, and of backends that have none. */
export const usualNamespace = "default"
