/** Derived values belong to what made them; made by a screen, they would go stale when it closes. Made here, they do not. */
export function outsideOfScreens<T>(make: () => T): T {
  const made: T[] = [];
  $effect.root(() => {
    made.push(make());
  });
  const [value] = made as [T];
  return value;
}
