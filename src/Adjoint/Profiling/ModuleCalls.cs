namespace Adjoint.Profiling;

/// <summary>The calls of one module from one other: a node of the tree of calls, in which the operations are that ran in it.</summary>
internal sealed class ModuleCalls(Profile owner, string? path, Type? kind)
{
    readonly Dictionary<(string Path, Type Kind), ModuleCalls> _inside = [];
    readonly Dictionary<(string Operation, ProfilePhase Phase), Tally> _operations = [];
    readonly Tally[] _calls = [.. Enum.GetValues<ProfilePhase>().Select(_ => new Tally())];

    /// <summary>A graph may have been recorded under another profile.</summary>
    public Profile Owner => owner;

    public IReadOnlyDictionary<(string Operation, ProfilePhase Phase), Tally> Operations => _operations;

    public IEnumerable<ModuleCalls> Inside => _inside.Values;

    /// <summary><c>Body.2 (Linear)</c>, or the kind of an outermost module.</summary>
    public string Name => kind is null ? "outside of modules" : path == kind.Name ? path : $"{path} ({kind.Name})";

    /// <summary>Null outside of modules.</summary>
    public string? Path => path;

    /// <summary>A module called from this one.</summary>
    public ModuleCalls Of(string module, Type type)
    {
        if (!_inside.TryGetValue((module, type), out ModuleCalls? calls)) _inside.Add((module, type), calls = new(owner, module, type));
        return calls;
    }

    public Tally Operation(string name, ProfilePhase phase)
    {
        if (!_operations.TryGetValue((name, phase), out Tally? tally)) _operations.Add((name, phase), tally = new());
        return tally;
    }

    /// <summary>Calls of the module itself and the time in them; backward, the time that its gradients take and no other module's.</summary>
    public Tally Calls(ProfilePhase phase) => _calls[(int)phase];

    /// <summary>This and all below, outer before inner.</summary>
    public IEnumerable<ModuleCalls> All() => [this, .. _inside.Values.SelectMany(m => m.All())];
}
