// One simulation lives in one instance of the module, and its memory is handed out in order from one arena: nothing is
// freed, nothing is allocated per step, and dropping the instance frees everything. Growing detaches the host's views, so
// the host allocates first and makes views afterwards.

const PAGE_BYTES: usize = 65536;

let top: usize = (__heap_base + 15) & ~15;
let calls: f64 = 0;

/** Zeroed bytes aligned to 16. Traps when the memory limit of the host is reached. */
export function allocate(bytes: usize): usize {
  if (PARANOID) calls++;
  const start = top;
  top = (start + bytes + 15) & ~15;
  const have = <usize>memory.size() * PAGE_BYTES;
  if (top > have) {
    const pages = <i32>((top - have + PAGE_BYTES - 1) / PAGE_BYTES);
    if (memory.grow(pages) < 0) unreachable();
  }
  return start;
}

/** Bytes handed out so far, data segment included. */
export function usedBytes(): f64 {
  return <f64>top;
}

/** Calls of `allocate` so far; counted in debug builds only. */
export function allocationCalls(): f64 {
  return calls;
}
