namespace Adjoint;

/// <summary>
/// Calls a function without keeping what its gradient reads: only the inputs are kept, and the backward pass calls the function
/// again. Memory falls from every intermediate value to the inputs, for one more forward computation.
/// </summary>
/// <remarks>
/// <para>Gradients reach the inputs and everything else the function uses that requires one (parameters, captured tensors),
/// as in a plain call: in sinks, in <see cref="Gradients.Of"/>, through hooks, and to any order. Random numbers are the
/// same in both runs. Under <see cref="NoGrad"/> the function is simply called.</para>
/// <para>Both runs must do the same. What can be checked is: results, random numbers, versions of inputs and captured values
/// that require a gradient. A function with an effect on something else asks <see cref="IsRecomputing"/> to have it once.</para>
/// <para>Saved: the inputs, and a hold on the captured values. Source: Chen et al. 2016, "Training deep nets with sublinear memory cost".</para>
/// </remarks>
/// <example><code>Tensor y = Checkpoint.Call(block.Call, x);</code></example>
public static class Checkpoint
{
    [ThreadStatic]
    static bool Again;

    /// <summary>Whether a checkpointed function runs on this thread for the second time, in a backward pass.</summary>
    public static bool IsRecomputing => Again;

    /// <summary><c>y = function(x)</c>, recomputed in the backward pass.</summary>
    /// <exception cref="GraphException">In the backward pass: an input was overwritten, or the function does something else the second time.</exception>
    [PyTorch("torch.utils.checkpoint.checkpoint", Differs = "No `use_reentrant`. Random numbers are always replayed.")]
    public static Tensor Call(Func<Tensor, Tensor> function, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(function);
        return CallAll(inputs => [function(inputs[0])], x)[0];
    }

    /// <summary><c>y = function(a, b)</c>, recomputed in the backward pass.</summary>
    /// <inheritdoc cref="Call(Func{Tensor, Tensor}, Tensor)"/>
    public static Tensor Call(Func<Tensor, Tensor, Tensor> function, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(function);
        return CallAll(inputs => [function(inputs[0], inputs[1])], a, b)[0];
    }

    /// <summary><c>(y, z) = function(a, b)</c>, recomputed in the backward pass.</summary>
    /// <inheritdoc cref="Call(Func{Tensor, Tensor}, Tensor)"/>
    public static (Tensor First, Tensor Second) Call(Func<Tensor, Tensor, (Tensor First, Tensor Second)> function, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(function);
        Tensor[] results = CallAll(inputs =>
        {
            (Tensor first, Tensor second) = function(inputs[0], inputs[1]);
            return [first, second];
        }, a, b);
        return (results[0], results[1]);
    }

    /// <summary>Any number of inputs and results.</summary>
    /// <inheritdoc cref="Call(Func{Tensor, Tensor}, Tensor)"/>
    public static Tensor[] CallAll(Func<Tensor[], Tensor[]> function, params ReadOnlySpan<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        foreach (Tensor input in inputs) ArgumentNullException.ThrowIfNull(input, nameof(inputs));
        using Scope scope = Scope.Begin("checkpoint");
        // Inside a first run nothing is kept anyway: a checkpoint in a checkpoint begins when the outer one is recomputed.
        if (!GradMode.IsRecording || RunTrace.Current is { IsFirst: true }) return Kept(scope, function(inputs.ToArray()));

        using var trace = new RunTrace(inputs);
        Tensor[] y = function(inputs.ToArray());
        foreach (Tensor result in y) if (result.RequiresGrad) trace.Meet(result);
        trace.End();
        if (!Array.Exists(y, result => result.RequiresGrad)) return Kept(scope, y);

        var op = new Recompute(function, inputs.Length, trace.Draws(), Precision.Current ?? Precision.Float32);
        var node = new Node(op, [.. trace.Edges], [.. y.Select(result => result.Spec)], trace.TakeSaved());
        for (int i = 0; i < y.Length; i++)
        {
            if (!y[i].RequiresGrad) continue;
            Tensor result = y[i].Alias();
            result.Connect(node, i);
            y[i] = result;
        }

        return Kept(scope, y);
    }

    /// <summary>Layers or functions one after the other in segments, each but the last checkpointed.</summary>
    /// <remarks>
    /// With s segments of n equal functions, n/s + s values are kept at most: least for s = √n. Every function
    /// runs twice, those of the last segment once.
    /// </remarks>
    /// <param name="functions">First to last.</param>
    /// <param name="x">What the first one takes.</param>
    /// <param name="segments">s; ⌈√n⌉ when omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="segments"/> is not from 1 to the number of functions.</exception>
    [PyTorch("torch.utils.checkpoint.checkpoint_sequential")]
    public static Tensor Sequential(IReadOnlyList<Func<Tensor, Tensor>> functions, Tensor x, int? segments = null)
    {
        ArgumentNullException.ThrowIfNull(functions);
        ArgumentNullException.ThrowIfNull(x);
        if (functions.Count == 0) return x;
        int count = segments ?? (int)Math.Ceiling(Math.Sqrt(functions.Count));
        if (count < 1 || count > functions.Count) throw new ArgumentOutOfRangeException(nameof(segments), $"checkpoint: segments must be from 1 to the number of layers, but segments is {count} and there are {functions.Count} layers.");
        for (int segment = 0; segment < count; segment++)
        {
            // The first ones are longer by one where n is no multiple of s.
            int start = Start(segment), end = Start(segment + 1);
            x = segment == count - 1 ? Last(x) : Call(Run, x);

            Tensor Run(Tensor value)
            {
                for (int i = start; i < end; i++) value = functions[i](value);
                return value;
            }

            Tensor Last(Tensor value)
            {
                using Scope scope = Scope.Begin("checkpoint");      // what lies between is held by the graph alone, and goes with it
                return scope.Keep(Run(value));
            }
        }

        return x;

        int Start(int segment) => (segment * (functions.Count / count)) + Math.Min(segment, functions.Count % count);
    }

    static Tensor[] Kept(Scope scope, Tensor[] tensors)
    {
        foreach (Tensor tensor in tensors) scope.Keep(tensor);
        return tensors;
    }

    /// <summary>The recorded checkpoint. Its inputs are the function's, then what the function captured.</summary>
    sealed record Recompute(Func<Tensor[], Tensor[]> Function, int Inputs, Dictionary<Generator, RunTrace.Draw> Draws, Precision Precision) : Op
    {
        public override string Name => "checkpoint";

        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => throw Never();

        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => throw Never();

        protected internal override Tensor? Vjp(Cotangents dy, int input) => throw Never();

        protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
        {
            bool createGraph = GradMode.IsRecording;
            using Scope scope = Scope.Begin("checkpoint");
            scope.KeepGraph(createGraph);
            long newest = GraphNode.Newest;
            Tensor[] y = Again(dy);

            var roots = new List<Tensor>();
            var seeds = new List<Tensor?>();
            for (int i = 0; i < y.Length; i++)
            {
                if (!dy.Has(i) || !y[i].RequiresGrad) continue;     // no gradient where everything was frozen in between
                roots.Add(y[i]);
                seeds.Add(dy.Of(i));
            }

            // The inputs that want a gradient; a value that came in twice gets its whole gradient the first time.
            var met = new HashSet<(GraphNode?, int)>();
            int[] wanted = [.. Enumerable.Range(0, dx.Length).Where(i => dy.IsNeeded(i) && met.Add((dy.Node.Inputs[i].Target, dy.Node.Inputs[i].Slot)))];
            Tensor?[] found = BackwardPass.Within(newest, [.. roots], [.. seeds], [.. wanted.Select(i => dy.Node.Inputs[i])], createGraph);
            for (int i = 0; i < found.Length; i++) dx[wanted[i]] = found[i] is { } gradient ? scope.Keep(gradient) : null;
        }

        /// <summary>The second run, recorded, on the saved inputs and the first run's random numbers.</summary>
        Tensor[] Again(Cotangents dy)
        {
            bool before = Checkpoint.Again;
            using NoGrad recording = NoGrad.Suspend();
            using PrecisionScope precision = Precision.Scope();
            using Scope scope = Scope.Begin("recomputation");     // from here on the graph alone holds what is in between
            // Connected to where they came from, so that what is recorded now leads there; the captured ones are looked at for their versions.
            Tensor[] x = [.. Enumerable.Range(0, dy.InputCount).Select(dy.Input)];
            using var trace = new RunTrace(dy.Node.Inputs, Draws);
            try
            {
                Checkpoint.Again = true;
                Tensor[] y = Function(x[..Inputs]);
                foreach (Tensor result in y) if (result.RequiresGrad) trace.Meet(result);
                Compare(dy.Node.Outputs, y);
                trace.End();
                return Kept(scope, y);
            }
            finally { Checkpoint.Again = before; }
        }

        static void Compare(Spec[] first, Tensor[] second)
        {
            if (first.Length != second.Length) throw new GraphException($"checkpoint: a function must give the same when it is recomputed, but it gave {first.Length} results at first and {second.Length} now.");
            for (int i = 0; i < first.Length; i++)
            {
                if (first[i] != second[i].Spec) throw new GraphException($"checkpoint: a function must give the same when it is recomputed, but result {i} was {first[i].DType} {first[i].Shape} at first and is {second[i].DType} {second[i].Shape} now.");
            }
        }

        static GraphException Never() => new("checkpoint: a checkpoint is recorded by Checkpoint.Call, never applied.");
    }
}
