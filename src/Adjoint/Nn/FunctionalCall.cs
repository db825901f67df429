namespace Adjoint.Nn;

/// <summary>A module as a function of its parameters: what <see cref="Transform"/> works on.</summary>
public static class FunctionalCallSyntax
{
    extension(Module module)
    {
        /// <summary>The parameters by name, as an argument for transforms. The tensors are the module's own, not copies.</summary>
        public OrderedDictionary<string, Tensor> ParameterValues() => new(module.NamedParameters().Select(p => KeyValuePair.Create(p.Name, p.Tensor)));

        /// <summary>Something done while the module has other parameters and buffers; afterwards it has its own again.</summary>
        /// <remarks>For modules whose call has a signature of its own. Other threads must not use the module meanwhile. In-place writes to a buffer go to the value given.</remarks>
        /// <param name="values">Tensors by name; what is not named stays the module's own.</param>
        /// <param name="call">Calls the module.</param>
        /// <exception cref="ArgumentException">A name is no parameter or buffer of the module.</exception>
        /// <exception cref="ShapeException">A value has another shape.</exception>
        public T With<T>(IReadOnlyDictionary<string, Tensor> values, Func<T> call)
        {
            ArgumentNullException.ThrowIfNull(values);
            ArgumentNullException.ThrowIfNull(call);
            ModuleWalk walk = module.Walk();
            Dictionary<string, Tensor> own = walk.Tensors.ToDictionary(t => t.Name, t => t.Tensor);
            foreach ((string alias, Tensor tied) in walk.Aliases) own.Add(alias, tied);
            var exchanged = new List<(Tensor Own, Tensor Other)>();
            var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
            foreach ((string name, Tensor value) in values)
            {
                if (!own.TryGetValue(name, out Tensor? tensor)) throw new ArgumentException($"functional call: names must be those of the module's parameters and buffers, but '{name}' is none of {module.GetType().Name}.");
                if (value.Shape != tensor.Shape) throw new ShapeException($"functional call: a value must have the shape of what it stands for, but '{name}' is {tensor.Shape} and the value is {value.Shape}.");
                if (!seen.Add(tensor)) throw new ArgumentException($"functional call: a tied parameter can be given once, but '{name}' is given under another name too.");
                if (!ReferenceEquals(value, tensor)) exchanged.Add((tensor, value.Persist()));
            }

            foreach ((Tensor tensor, Tensor other) in exchanged) tensor.Exchange(other);
            try { return call(); }
            finally
            {
                foreach ((Tensor tensor, Tensor other) in exchanged)
                {
                    tensor.Exchange(other);
                    other.Release();
                }
            }
        }
    }

    extension<TIn, TOut>(Module<TIn, TOut> module)
    {
        /// <summary>The module called with other parameters (and buffers): a function of them.</summary>
        /// <param name="parameters">Tensors by name; what is not named stays the module's own.</param>
        /// <param name="x">What the module takes.</param>
        /// <exception cref="ArgumentException">A name is no parameter or buffer of the module.</exception>
        /// <exception cref="ShapeException">A value has another shape.</exception>
        /// <example><code>
        /// Func&lt;OrderedDictionary&lt;string, Tensor&gt;, Tensor, Tensor, Tensor&gt; loss = (p, x, t) => model.FunctionalCall(p, x.Unsqueeze(0)).CrossEntropy(t.Unsqueeze(0));
        /// var perSample = Transform.Vmap(Transform.Grad(loss), [null, 0, 0])(model.ParameterValues(), images, labels);
        /// </code></example>
        public TOut FunctionalCall(IReadOnlyDictionary<string, Tensor> parameters, TIn x) => module.With(parameters, () => module.Call(x));
    }
}
