using Adjoint.Kernels;

namespace Adjoint;

/// <summary>Stops at the first operation, gradient or optimizer step that makes NaN or an infinity, and says which line called it.</summary>
/// <remarks>
/// <para>Every result of this thread is looked through while the guard is open: one more reading of memory for each operation. The
/// exception names what made the number, not what passed it on: a NaN that came in from outside is reported with the tensor it came in with.</para>
/// <para>Infinities on purpose are no alarm: those that an operation's own settings or formula contain (<see cref="Op.MakesInfinities"/>: a mask
/// filled with −∞), those in tensors that are no parameters (a bias of −∞), and what follows from them. An alarm is raised
/// when one becomes NaN, reaches the result that is differentiated, or a gradient. Hidden outputs are not looked at.</para>
/// </remarks>
/// <example><code>
/// using var guard = new NanGuard();
/// Tensor loss = model.Call(x).CrossEntropy(labels);
/// loss.Backward();
/// optimizer.Step();
/// </code></example>
public sealed class NanGuard : OperationObserver
{
    string? _infinity;      // the first that was let through since the last backward pass
    bool _isStepping;

    /// <inheritdoc/>
    protected override bool RecordsPlaces => true;

    /// <inheritdoc/>
    protected override void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(op);
        // A view computes nothing; gradients and updates are looked at when they are complete.
        if (op is ViewOp || IsDifferentiating || _isStepping) return;
        for (int i = 0; i < outputs.Length - op.HiddenOutputs; i++)
        {
            NonFiniteKinds found = Numbers.Find(outputs[i]);
            if (found != NonFiniteKinds.None) Judge(op, inputs, outputs[i], outputs.Length - op.HiddenOutputs == 1 ? "its result" : $"output {i}", found);
        }
    }

    /// <inheritdoc/>
    protected override void BackwardStarting(Tensor root, Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(gradient);
        string? infinity = _infinity;
        _infinity = null;
        if (Numbers.Find(root) != NonFiniteKinds.None)
            throw Failure("backward", CallPlace.Here(), place => $"the result that is differentiated must be finite, but {Numbers.Describe(root)}, {place}{(infinity is null ? "" : $"; the first infinity was let through by {infinity}")}.");
        if (Numbers.Find(gradient) != NonFiniteKinds.None)
            throw Failure("backward", CallPlace.Here(), place => $"the gradient to start from must be finite, but {Numbers.Describe(gradient)}, {place}.");
    }

    /// <inheritdoc/>
    protected override void Differentiated(Node node, ReadOnlySpan<Tensor?> arrived, ReadOnlySpan<Tensor?> gradients)
    {
        ArgumentNullException.ThrowIfNull(node);
        string name = node.Op.Name;
        for (int i = 0; i < arrived.Length; i++)
        {
            // What was sent was looked at when it was sent.
            if (arrived[i] is { } sum && Numbers.Find(sum) != NonFiniteKinds.None)
                throw Failure(name, node.Place, place => $"the gradients of a value that is used several times must have a finite sum, but the gradient of output {i} {Numbers.Describe(sum)}, {place}.");
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is not { } gradient || Numbers.Find(gradient) == NonFiniteKinds.None) continue;
            List<string> from = [];
            for (int o = 0; o < arrived.Length; o++) if (arrived[o] is { } dy) from.Add($"the gradient that arrived {Numbers.Describe(dy)}");
            foreach (int position in node.SavedPositions) from.Add($"{SavedTensor.Describe(node, position)} {Numbers.Describe(node.Unpack(position))}");
            throw Failure(name, node.Place, place => $"its gradient must be finite, but the gradient of input {i} {Numbers.Describe(gradient)}, {place}; {string.Join("; ", from)}.");
        }
    }

    /// <inheritdoc/>
    protected override void Updating(ParameterUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        _isStepping = true;
        if (Numbers.Find(update.Gradient) != NonFiniteKinds.None)
            throw Failure(update.Optimizer, CallPlace.Here(), place => $"the gradients of a step must be finite, but that of '{update.Name}' {Numbers.Describe(update.Gradient)}, {place}. Hint: it was summed over passes, or changed, after the backward pass.");
        if (Numbers.Find(update.Parameter) != NonFiniteKinds.None)
            throw Failure(update.Optimizer, CallPlace.Here(), place => $"a parameter must be finite before a step, but '{update.Name}' {Numbers.Describe(update.Parameter)}, {place}. Hint: it was loaded or written like that.");
    }

    /// <inheritdoc/>
    protected override void Updated(ParameterUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        if (Numbers.Find(update.Parameter) != NonFiniteKinds.None) throw Spoiled(update, "its parameter", $"'{update.Name}' {Numbers.Describe(update.Parameter)}");
        foreach ((string name, Tensor value) in update.State)
            if (Numbers.Find(value) != NonFiniteKinds.None) throw Spoiled(update, "its state", $"{name} of '{update.Name}' {Numbers.Describe(value)}");
    }

    /// <inheritdoc/>
    protected override void StepEnded() => _isStepping = false;

    void Judge(Op op, ReadOnlySpan<Tensor> inputs, Tensor output, string which, NonFiniteKinds found)
    {
        bool fromOutside = op.MakesInfinities;
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor input = inputs[i];
            NonFiniteKinds kinds = Numbers.Find(input);
            if (kinds.HasFlag(NonFiniteKinds.NaN) || (kinds != NonFiniteKinds.None && input.IsParameter)) throw CameIn(op, i, input);
            fromOutside |= kinds != NonFiniteKinds.None;
        }

        if (fromOutside && !found.HasFlag(NonFiniteKinds.NaN))
        {
            _infinity ??= $"{op.Name}, {CallPlace.Here()}";
            return;
        }

        List<string> from = [];
        for (int i = 0; i < inputs.Length; i++) if (inputs[i].DType.IsFloat) from.Add($"{Input(i, inputs[i])} {Numbers.Describe(inputs[i])}");
        throw Failure(op.Name, CallPlace.Here(), place => $"{(fromOutside ? "infinities must not become NaN" : "finite inputs must give a finite result")}, but {which} {Numbers.Describe(output)}, {place}{string.Concat(from.Select(f => $"; {f}"))}.");
    }

    static NonFiniteException CameIn(Op op, int i, Tensor input) =>
        Failure(op.Name, CallPlace.Here(), place => $"inputs must be finite, but {Input(i, input)} {Numbers.Describe(input)}, {place}. Hint: no operation under the guard made it; look where it was loaded, written or computed before.");

    static NonFiniteException Spoiled(ParameterUpdate update, string what, string found) =>
        Failure(update.Optimizer, CallPlace.Here(), place =>
            $"a step must leave {what} finite, but {found} after step {update.Step} with learning rate {Numbers.Text(update.LearningRate)}, {place}; the gradient {Numbers.Describe(update.Gradient)}{string.Concat(update.State.Select(s => $"; {s.Name} {Numbers.Describe(s.Value)}"))}.");

    static string Input(int i, Tensor input) => Numbers.Called(input) is { Length: > 0 } name ? $"input {i}, {name}," : $"input {i}";

    static NonFiniteException Failure(string operation, CallPlace? place, Func<string, string> rule) =>
        new($"{operation}: {rule(place?.ToString() ?? "recorded before the guard")}", operation, place);
}
