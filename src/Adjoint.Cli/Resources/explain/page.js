// Choosing a box shows what is known of it; pointing at one shows everything on its paths.
(() => {
  const graph = document.querySelector('.graph svg');
  const nodes = new Map([...graph.querySelectorAll('.node')].map(n => [n.dataset.node, n]));
  const edges = [...graph.querySelectorAll('.edge')];
  const before = new Map([...nodes.keys()].map(id => [id, []])), after = new Map([...nodes.keys()].map(id => [id, []]));
  for (const edge of edges) {
    before.get(edge.dataset.to).push(edge.dataset.from);
    after.get(edge.dataset.from).push(edge.dataset.to);
  }

  function reach(start, next) {
    const found = new Set([start]);
    for (const id of found) for (const other of next.get(id)) found.add(other);
    return found;
  }

  function trace(id) {
    graph.classList.toggle('traced', id !== null);
    if (id === null) return;
    const sources = reach(id, before), users = reach(id, after);
    for (const [other, node] of nodes) node.classList.toggle('on', sources.has(other) || users.has(other));
    for (const edge of edges) {
      const { from, to } = edge.dataset;
      edge.classList.toggle('on', (sources.has(from) && sources.has(to)) || (users.has(from) && users.has(to)));
    }
  }

  function show(id) {
    for (const [other, node] of nodes) {
      const chosen = other === id;
      node.setAttribute('aria-pressed', chosen);
      node.setAttribute('tabindex', chosen ? 0 : -1);
      document.getElementById('p' + other).hidden = !chosen;
    }
  }

  function choose(id, focus) {
    show(id);
    const node = nodes.get(id), frame = graph.parentElement;
    if (focus) node.focus({ preventScroll: true });
    const box = node.getBoundingClientRect(), view = frame.getBoundingClientRect();
    if (box.left < view.left || box.right > view.right) frame.scrollLeft += box.left - view.left - (view.width - box.width) / 2;
    try { history.replaceState(null, '', '#n' + id); } catch { /* a page without an address */ }
  }

  // Left to what an operation is made of, right to who uses it, up and down within a column.
  function neighbour(id, key) {
    if (key === 'ArrowLeft') return before.get(id)[0];
    if (key === 'ArrowRight') return after.get(id)[0];
    const { column, row } = nodes.get(id).dataset;
    const same = [...nodes.values()].filter(n => n.dataset.column === column).sort((a, b) => a.dataset.row - b.dataset.row);
    const at = same.findIndex(n => n.dataset.row === row) + (key === 'ArrowDown' ? 1 : -1);
    return same[at]?.dataset.node;
  }

  document.addEventListener('click', event => {
    const target = event.target.closest?.('[data-node]');
    if (target) choose(target.dataset.node, target.classList.contains('node'));
  });
  graph.addEventListener('keydown', event => {
    const id = event.target.closest?.('.node')?.dataset.node;
    if (id === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = event.key === 'Enter' || event.key === ' ' ? id : event.key.startsWith('Arrow') ? neighbour(id, event.key) : undefined;
    if (event.key.startsWith('Arrow') || next !== undefined) event.preventDefault();
    if (next !== undefined) choose(next, true);
  });
  graph.addEventListener('pointerover', event => trace(event.target.closest?.('.node')?.dataset.node ?? null));
  graph.addEventListener('pointerleave', () => trace(null));

  const wanted = location.hash.slice(2);
  show(nodes.has(wanted) ? wanted : graph.querySelector('.loss').dataset.node);
})();
