using System.Globalization;
using System.Text;

namespace Adjoint.Nn;

/// <summary>Writes a module for people: its kind and size, then a line for each module in it with path, kind and tensors.</summary>
/// <remarks>Neighbours in a list that are built alike, such as the blocks of a transformer, are written once.</remarks>
internal sealed class ModuleText
{
    readonly record struct Line(string Path, string Kind, string Tensors);

    readonly List<Line> _lines = [];
    readonly long _parameters;

    ModuleText(ModuleWalk walk)
    {
        _parameters = walk.Tensors.Where(t => t.Tensor.IsParameter).Sum(t => t.Tensor.Elements);
        var own = walk.Modules.Select(m => m.Name).Distinct().ToDictionary(name => name, _ => new List<string>());
        foreach ((string name, Tensor tensor) in walk.Tensors) Add(name, $" {tensor.Shape}{(tensor.IsFrozen ? " frozen" : "")}");
        foreach ((string name, Tensor tensor) in walk.Aliases) Add(name, $" = {walk.Tensors.First(t => ReferenceEquals(t.Tensor, tensor)).Name}");
        foreach ((string path, Module module) in walk.Modules) _lines.Add(new(path, module.GetType().Name, string.Join(", ", own[path])));

        // A tensor belongs to the innermost module around it.
        void Add(string name, string what)
        {
            string holder = name;
            do holder = holder[..Math.Max(holder.LastIndexOf('.'), 0)];
            while (!own.ContainsKey(holder));
            own[holder].Add(name[(holder.Length == 0 ? 0 : holder.Length + 1)..] + what);
        }
    }

    public static string Of(Module root)
    {
        try
        {
            return new ModuleText(new(root)).ToString();
        }
        catch (GraphException)
        {
            return root.GetType().Name;     // a debugger must be able to show a module that is not right yet
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{_lines[0].Kind}, {_parameters:N0} parameters  {_lines[0].Tensors}").TrimEnd());
        List<Line> shown = Folded();
        int paths = shown.Max(l => l.Path.Length), kinds = shown.Max(l => l.Kind.Length);
        foreach (Line line in shown.Skip(1)) text.Append('\n').Append($"  {line.Path.PadRight(paths)}  {line.Kind.PadRight(kinds)}  {line.Tensors}".TrimEnd());
        return text.ToString();
    }

    List<Line> Folded()
    {
        var shown = new List<Line>();
        for (int i = 0; i < _lines.Count; i++)
        {
            shown.Add(_lines[i]);
            int size = SizeOf(i), last = i;
            while (size > 1 && IsLike(i, last + size, size)) last += size;
            if (last == i) continue;
            for (int inner = i + 1; inner < i + size; inner++) shown.Add(_lines[inner]);
            string others = last == i + size ? _lines[last].Path : $"{_lines[i + size].Path} … {_lines[last].Path}";
            shown.Add(new(others, _lines[i].Kind, $"like {_lines[i].Path}"));
            i = last + size - 1;
        }

        return shown;
    }

    /// <summary>The number of lines of a module and all in it.</summary>
    int SizeOf(int first)
    {
        int end = first + 1;
        while (end < _lines.Count && _lines[end].Path.StartsWith(_lines[first].Path + ".", StringComparison.Ordinal)) end++;
        return end - first;
    }

    /// <summary>Whether the lines at another place are those of the next module of the same list, with the same parts.</summary>
    bool IsLike(int first, int other, int size)
    {
        if (other >= _lines.Count || SizeOf(other) != size || ListOf(first) is not { } list || list != ListOf(other)) return false;
        for (int i = 0; i < size; i++)
        {
            (Line a, Line b) = (_lines[first + i], _lines[other + i]);
            if (a.Kind != b.Kind || a.Tensors != b.Tensors || a.Path[_lines[first].Path.Length..] != b.Path[_lines[other].Path.Length..]) return false;
        }

        return true;
    }

    /// <summary>The path of the list that a module is a numbered part of, or null.</summary>
    string? ListOf(int line)
    {
        string path = _lines[line].Path;
        int dot = path.LastIndexOf('.');
        return int.TryParse(path.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? path[..Math.Max(dot, 0)] : null;
    }
}
