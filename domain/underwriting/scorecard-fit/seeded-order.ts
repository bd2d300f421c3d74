/** The rows 0 to count - 1 in an order that the seed alone decides (Fisher-Yates on mulberry32). */
export function seededOrder(count: number, seed: number): number[] {
  const random = generator(seed);
  const order = Array.from({ length: count }, (_, row) => row);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [here, there] = [order[last] ?? 0, order[other] ?? 0];
    order[last] = there;
    order[other] = here;
  }
  return order;
}

function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
