namespace Adjoint.Cli.Explaining;

/// <summary>Where the boxes of a graph stand, left to right, and the points that its edges go through.</summary>
/// <remarks>
/// After Sugiyama, Tagawa and Toda 1981: a box's column is the longest path to it, or the last one before its users; an edge over several columns holds a place in each of them; the order in
/// a column follows the mean of the neighbours' places, column by column to and fro; heights are then moved to the mean of the neighbours' as far as the
/// order and the gaps allow. Written here rather than taken from a library of scripts: it is short, and the page is complete before any script runs.
/// </remarks>
internal sealed class GraphLayout
{
    const int Sweeps = 12;
    const double ColumnGap = 46, RowGap = 16, LaneHeight = 10;

    readonly List<List<Cell>> _columns = [];
    readonly Cell[] _boxes;

    /// <summary>A box, or the place of an edge that passes by (its box is −1).</summary>
    sealed class Cell(int box, double width, double height, double weight)
    {
        public readonly List<Cell> Left = [], Right = [];
        public int Column;
        public double X, Y;

        public int Box => box;
        public double Width => width;
        public double Height => height;

        /// <summary>How much it draws its neighbours to its height: the more was computed on the way to it, so that the longest path lies straight.</summary>
        public double Weight => weight;

        public double? Mean(Func<Cell, double> place, bool left, bool right)
        {
            Cell[] neighbours = [.. left ? Left : [], .. right ? Right : []];
            return neighbours.Length == 0 ? null : neighbours.Sum(n => place(n) * n.Weight) / neighbours.Sum(n => n.Weight);
        }
    }

    /// <param name="sizes">Width and height of each box; a box comes after those that lead to it.</param>
    /// <param name="sources">For each box those that lead to it, by number.</param>
    public GraphLayout(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<IReadOnlyList<int>> sources)
    {
        _boxes = [.. sizes.Zip(Before(sources)).Select((s, i) => new Cell(i, s.First.Width, s.First.Height, 1 + (4.0 * s.Second * s.Second)))];
        Columns(sources);
        for (int box = 0; box < _boxes.Length; box++) foreach (int source in sources[box].Distinct()) Connect(_boxes[source], _boxes[box]);
        Order();
        Place();
    }

    public double Width { get; private set; }

    public double Height { get; private set; }

    /// <summary>The left upper corner of a box.</summary>
    public (double X, double Y) Corner(int box) => (_boxes[box].X, _boxes[box].Y - (_boxes[box].Height / 2));

    /// <summary>The column of a box, and its place in it.</summary>
    public (int Column, int Row) Position(int box) => (_boxes[box].Column, _columns[_boxes[box].Column].IndexOf(_boxes[box]));

    /// <summary>The places that an edge between two boxes passes: the left and the right end of each.</summary>
    public IEnumerable<(double Left, double Right, double Y)> Passes(int from, int to)
    {
        Cell? cell = _boxes[from].Right.FirstOrDefault(c => Leads(c, to));
        for (; cell is { Box: < 0 }; cell = cell.Right[0]) yield return (cell.X, cell.X + cell.Width, cell.Y);
    }

    /// <summary>How many boxes lead to each, directly or not.</summary>
    static int[] Before(IReadOnlyList<IReadOnlyList<int>> sources)
    {
        var before = new HashSet<int>[sources.Count];
        for (int box = 0; box < before.Length; box++) before[box] = [.. sources[box], .. sources[box].SelectMany(s => before[s])];
        return [.. before.Select(b => b.Count)];
    }

    static bool Leads(Cell cell, int to)
    {
        while (cell.Box < 0) cell = cell.Right[0];
        return cell.Box == to;
    }

    void Columns(IReadOnlyList<IReadOnlyList<int>> sources)
    {
        for (int box = 0; box < _boxes.Length; box++)
            if (sources[box].Count > 0) _boxes[box].Column = sources[box].Max(s => _boxes[s].Column) + 1;
        // What is made early and used late stands beside its first user, not at the far left.
        for (int box = _boxes.Length - 1; box >= 0; box--)
        {
            int[] users = [.. Enumerable.Range(0, _boxes.Length).Where(u => sources[u].Contains(box)).Select(u => _boxes[u].Column)];
            if (users.Length > 0) _boxes[box].Column = users.Min() - 1;
        }

        foreach (Cell box in _boxes) Column(box.Column).Add(box);
    }

    List<Cell> Column(int number)
    {
        while (_columns.Count <= number) _columns.Add([]);
        return _columns[number];
    }

    void Connect(Cell from, Cell to)
    {
        for (int column = from.Column + 1; column < to.Column; column++)
        {
            var lane = new Cell(-1, 0, LaneHeight, from.Weight) { Column = column };
            Column(column).Add(lane);
            Join(from, lane);
            from = lane;
        }

        Join(from, to);

        static void Join(Cell left, Cell right)
        {
            left.Right.Add(right);
            right.Left.Add(left);
        }
    }

    void Order()
    {
        var place = new Dictionary<Cell, double>();
        foreach (List<Cell> column in _columns) Number(column);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool left = sweep % 2 == 0;
            foreach (List<Cell> column in left ? _columns : Enumerable.Reverse(_columns))
            {
                Cell[] sorted = [.. column.OrderBy(c => c.Mean(n => place[n], left, !left) ?? place[c])];
                column.Clear();
                column.AddRange(sorted);
                Number(column);
            }
        }

        // Relative, so that columns of different length compare.
        void Number(List<Cell> column)
        {
            for (int i = 0; i < column.Count; i++) place[column[i]] = (i + 0.5) / column.Count;
        }
    }

    void Place()
    {
        double x = 0;
        foreach (List<Cell> column in _columns)
        {
            double width = column.Max(c => c.Width), y = 0;
            foreach (Cell cell in column)
            {
                (cell.X, cell.Y) = (x + ((width - cell.Width) / 2), y + (cell.Height / 2));
                y += cell.Height + RowGap;
            }

            x += width + ColumnGap;
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
            foreach (List<Cell> column in sweep % 2 == 0 ? _columns : Enumerable.Reverse(_columns)) Settle(column, [.. column.Select(c => c.Mean(n => n.Y, true, true) ?? c.Y)]);
        double top = _columns.SelectMany(c => c).Min(c => c.Y - (c.Height / 2));
        foreach (Cell cell in _columns.SelectMany(c => c)) cell.Y -= top;
        (Width, Height) = (x - ColumnGap, _columns.SelectMany(c => c).Max(c => c.Y + (c.Height / 2)));
    }

    /// <summary>The heights nearest to those wanted (in weighted squares) that keep order and gaps: cells that would overlap move as one block.</summary>
    static void Settle(List<Cell> column, double[] wanted)
    {
        double[] offsets = new double[column.Count];
        for (int i = 1; i < offsets.Length; i++) offsets[i] = offsets[i - 1] + ((column[i - 1].Height + column[i].Height) / 2) + RowGap;
        var blocks = new Stack<(double Sum, double Weight, int Count)>();
        for (int i = 0; i < wanted.Length; i++)
        {
            double weight = column[i].Weight, sum = (wanted[i] - offsets[i]) * weight;
            int count = 1;
            while (blocks.TryPeek(out (double Sum, double Weight, int Count) before) && before.Sum / before.Weight > sum / weight)
            {
                blocks.Pop();
                (sum, weight, count) = (sum + before.Sum, weight + before.Weight, count + before.Count);
            }

            blocks.Push((sum, weight, count));
        }

        int at = column.Count;
        foreach ((double sum, double weight, int count) in blocks)
            for (int i = 0; i < count; i++) column[--at].Y = (sum / weight) + offsets[at];
    }
}
