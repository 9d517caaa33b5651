"""The Invoke namespace and nothing else."""
from invoke import Collection, task

@task
def hello(c):
    "hello"
namespace = Collection(hello)
