using System.Globalization;
using System.Text;

namespace Adjoint.Nn;

/// <summary>Writes a module for people: its kind and size, then a line for each module in it with path, kind and tensors.</summary>
internal static class ModuleText
{
    public static string Of(Module root)
    {
        ModuleWalk walk;
        try
        {
            walk = new(root);
        }
        catch (GraphException)
        {
            return root.GetType().Name;     // a debugger must be able to show a module that is not right yet
        }

        var text = new StringBuilder(root.GetType().Name);
        text.Append(CultureInfo.InvariantCulture, $", {walk.Tensors.Where(t => t.Tensor.IsParameter).Sum(t => t.Tensor.Elements):N0} parameters{Own(walk, "")}");
        int paths = walk.Modules.Max(m => m.Name.Length), kinds = walk.Modules.Max(m => m.Module.GetType().Name.Length);
        foreach ((string path, Module module) in walk.Modules.Skip(1))
            text.Append('\n').Append($"  {path.PadRight(paths)}  {module.GetType().Name.PadRight(kinds)}{Own(walk, path)}".TrimEnd());
        return text.ToString();
    }

    /// <summary>The tensors whose innermost module is the one at a path.</summary>
    static string Own(ModuleWalk walk, string path)
    {
        string[] own =
        [
            .. walk.Tensors
                .Where(t => walk.Modules.Where(m => Holds(m.Name, t.Name)).MaxBy(m => m.Name.Length).Name == path)
                .Select(t => $"{t.Name[(path.Length == 0 ? 0 : path.Length + 1)..]} {t.Tensor.Shape}{(t.Tensor.IsFrozen ? " frozen" : "")}"),
        ];
        return own.Length == 0 ? "" : $"  {string.Join(", ", own)}";
    }

    static bool Holds(string path, string name) => path.Length == 0 || name.StartsWith(path + ".", StringComparison.Ordinal);
}
